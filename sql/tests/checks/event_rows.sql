-- test: only the cells of an event are there, each once: its first step belongs to it, its stop does not
create table groups as
select * from (values ('a', 1), ('b', 2)) as rows (server_id, "group");

create table event_spans as
select * from (
    values
    ('a', timestamp '2024-01-01 01:00', timestamp '2024-01-01 03:00'),
    ('a', timestamp '2024-01-01 02:00', timestamp '2024-01-01 03:00'),
    ('c', timestamp '2024-01-01 00:00', timestamp '2024-01-02 00:00')
) as rows (server_id, first_timestamp, stop_timestamp);

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01 00:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('a', timestamp '2024-01-01 02:00'),
    ('a', timestamp '2024-01-01 03:00'),
    ('b', timestamp '2024-01-01 01:00'),
    ('c', timestamp '2024-01-01 01:00')
) as rows (server_id, timestamp);

create table result as
select * from (
    values
    ('a', timestamp '2024-01-01 01:00', 1),
    ('a', timestamp '2024-01-01 02:00', 1)
) as rows (server_id, timestamp, "panel.group");

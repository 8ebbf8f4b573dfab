-- test: repeated, missing and strange timestamps are told apart, and other servers left out
create table parameters as
select
    timestamp '2024-01-01 00:00' as first_timestamp,
    timestamp '2024-01-01 02:00' as last_timestamp,
    60 as step_minutes;

create table suspects as
select * from (values ('a'), ('b')) as rows (server_id);

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01 00:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('b', timestamp '2024-01-01 00:00'),
    ('b', timestamp '2024-01-01 00:30'),
    ('b', timestamp '2024-01-01 01:00'),
    ('b', timestamp '2024-01-01 02:00'),
    ('b', timestamp '2024-01-01 03:00'),
    ('c', timestamp '2024-01-01 00:00')
) as rows (server_id, timestamp);

create table result as
select * from (
    values
    ('a', 2, timestamp '2024-01-01 01:00', 1, timestamp '2024-01-01 02:00', 0),
    ('b', 0, null, 0, null, 2)
) as rows (server_id, repeated, first_repeated, missing, first_missing, strange);

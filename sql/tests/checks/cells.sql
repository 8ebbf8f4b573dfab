-- test: cells have the position of their server and step; what lies beside the time axis is left out
create table parameters as
select
    ['cpu', 'state'] as columns,
    timestamp '2024-01-01 00:00' as first_timestamp,
    timestamp '2024-01-01 02:00' as last_timestamp,
    60 as step_minutes;

create table looked_at as
select * from (values ('b', 0), ('a', 1)) as rows (server_id, position);

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01 01:00', 1, 'busy', 9),
    ('a', timestamp '2024-01-01 01:30', 2, 'busy', 9),
    ('b', timestamp '2024-01-01 02:00', 3, null, 9),
    ('b', timestamp '2024-01-01 03:00', 4, null, 9),
    ('c', timestamp '2024-01-01 01:00', 5, null, 9)
) as rows (server_id, timestamp, cpu, state, mem);

create table result as
select * from (
    values (1, 'busy', 1, 1), (3, null, 0, 2)
) as rows (cpu, state, "panel.server", "panel.step");

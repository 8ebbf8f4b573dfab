-- test: runs of missing values by server, and the longest of them
create table parameters as
select
    ['cpu'] as metric,
    60 as step_minutes;

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01 00:00', null),
    ('a', timestamp '2024-01-01 01:00', 1e0),
    ('a', timestamp '2024-01-01 02:00', null),
    ('a', timestamp '2024-01-01 03:00', null),
    ('b', timestamp '2024-01-01 00:00', 1e0)
) as rows (server_id, timestamp, cpu);

create table result as
select
    'a' as server_id,
    2 as gaps,
    3 as steps,
    2 as longest,
    timestamp '2024-01-01 02:00' as since;

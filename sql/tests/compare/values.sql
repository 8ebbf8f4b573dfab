-- test: steps are counted from the start; other servers and times are left out
create table repeats as
select 'cpu_p95' as "column";

create table parameters as
select
    'a' as first,
    'b' as last,
    timestamp '2024-01-01' as start,
    timestamp '2024-01-02' as stop,
    15 as minutes;

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01 00:00', 1e0),
    ('b', timestamp '2024-01-01 23:45', null),
    ('b', timestamp '2024-01-02 00:00', 3e0),
    ('c', timestamp '2024-01-01 00:00', 4e0)
) as rows (server_id, timestamp, cpu_p95);

create table result as
select * from (values ('a', 0, 1e0), ('b', 95, null)) as rows (server_id, step, cpu_p95);

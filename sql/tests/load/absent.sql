-- test: runs of steps without a value; a metric of a longer step has none between its samples
create table parameters as
select 60000000 as step;

create table repeats as
select * from (values ('cpu'), ('disk')) as rows ("column");

create table metric_steps as
select * from (values ('cpu', 1), ('disk', 2)) as rows (metric, steps);

create table panel_rows as
select
    server_id,
    timestamp '2024-01-01' + to_minutes(minute) as timestamp,
    cpu,
    disk
from (
    values ('a', 0, 1e0, 1e0), ('a', 1, null, null), ('a', 2, null, 1e0), ('a', 3, 1e0, null), ('a', 4, null, null),
    ('a', 5, 1e0, null), ('a', 6, 1e0, 1e0), ('b', 0, null, 1e0)
) as rows (server_id, minute, cpu, disk);

create table result as
select * from (
    values ('cpu', 2, 3, 2, 'a', 1), ('disk', 1, 1, 1, 'a', 0)
) as rows (metric, gaps, missing, longest, worst, servers_without);

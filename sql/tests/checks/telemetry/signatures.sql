-- test: a server that has the series of another hours later is named with it; one that differs is not
create table parameters as
select
    ['cpu'] as metrics,
    8 as size,
    4 as least;

create table panel as
select
    unnest(['a', 'b', 'c']) as server_id,
    step.step,
    unnest([step.step, step.step + 3, step.step]) as hours,
    unnest([step.step * 7 % 31, step.step * 7 % 31, step.step * 11 % 29])::double as cpu
from range(20) as step (step);

create or replace table panel as
select
    server_id,
    timestamp '2024-01-01' + to_hours(hours) as timestamp,
    cpu
from panel
order by server_id, timestamp;

create table result as
select
    'a' as first_server,
    'b' as server_id,
    180 as minutes;

-- test: what stands still tells nothing
create table parameters as
select
    ['cpu'] as metrics,
    8 as size,
    1 as least;

create table panel as
select
    server.id as server_id,
    timestamp '2024-01-01' + to_hours(step.step) as timestamp,
    5e0 as cpu
from (values ('a'), ('b')) as server (id)
cross join range(20) as step (step)
order by server_id, timestamp;

create table result as
select
    null::varchar as first_server,
    null::varchar as server_id,
    null::bigint as minutes
where false;

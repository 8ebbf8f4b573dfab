-- test: a metric may have a column of its own, devices, a number of samples, and a condition
create table repeats as
select * from (
    values ('cpu_max', null, null, null), (null, 'disk', null, null), (null, null, 'cpu_max', null),
    (null, null, null, 'idle')
) as rows (own, device, samples, "where");

create table names as
select * from (
    values ('cpu', 'cpu', []::varchar[]), ('cpu', 'cpu_max', []), ('disk', 'disk', []), ('mode', 'idle', ['idle'])
) as rows (name, key, condition);

create table table_rows as
select
    0 as file,
    position,
    'a' as server,
    timestamp '2024-01-01' as moment,
    '2024-01-01' as time,
    name,
    1e0 as value,
    null::varchar as text,
    9e0 as "cpu_max.value",
    null::varchar as "cpu_max.text",
    '/' as "disk.device",
    7 as "cpu_max.n",
    [mode] as "idle.where"
from (
    values (1, 'cpu', null), (2, 'disk', null), (3, 'mode', 'idle'), (4, 'mode', 'user'), (5, 'other', null)
) as rows (position, name, mode);

create table result as
select * from (
    values (1, 'cpu', null, 1e0, null), (1, 'cpu_max', null, 9e0, 7), (2, 'disk', '/', 1e0, null),
    (3, 'idle', null, 1e0, null)
) as rows (position, series, device, value, samples);

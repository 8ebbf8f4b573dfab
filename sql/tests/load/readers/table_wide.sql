-- test: a reading for each metric of a row whose file has it; where the time cannot be read, its text
create table repeats as
select * from (values ('cpu'), ('mem')) as rows (key);

create table table_rows as
select
    0 as file,
    position,
    'a' as server,
    moment,
    time,
    series as "cpu.id",
    cpu as "cpu.value",
    null::varchar as "cpu.text",
    null::varchar as "cpu.device",
    null::bigint as "cpu.n",
    'mem' as "mem.id",
    null::double as "mem.value",
    'n/a' as "mem.text",
    null::varchar as "mem.device",
    null::bigint as "mem.n"
from (
    values
    (1, timestamp '2024-01-01', '2024-01-01', 'cpu', 1e0),
    (2, null, 'Total', 'cpu', 9e0),
    (3, timestamp '2024-01-01', '2024-01-01', null, null)
) as rows (position, moment, time, series, cpu);

create table result as
select * from (
    values
    (1, 'cpu', 1e0, null),
    (1, 'mem', null, 'n/a'),
    (2, 'cpu', 9e0, 'Total'),
    (2, 'mem', null, 'Total'),
    (3, 'mem', null, 'n/a')
) as rows (position, series, value, reading);

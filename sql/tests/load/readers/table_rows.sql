-- test: numbers since 1970, and the server of the file where the row has none
create table parameters as
select
    'number' as clock,
    null::varchar as format,
    1000 as factor,
    null::timestamp as origin,
    ['x'] as servers;

create table table_columns as
select
    0 as file,
    server,
    time
from (values ('a', '1704067200500'), (null, '1704067200000'), ('a', 'soon')) as rows (server, time);

create table result as
select * from (
    values
    ('a', timestamp '2024-01-01 00:00:00.5'),
    ('x', timestamp '2024-01-01'),
    ('a', null)
) as rows (server, moment);

-- test: texts that say how far from UTC they are
create table parameters as
select
    'offset' as clock,
    null::varchar as format,
    1 as factor,
    null::timestamp as origin,
    ['x'] as servers;

create table table_columns as
select
    0 as file,
    'a' as server,
    '2024-01-01T01:00:00+02:00' as time;

create table result as
select timestamp '2023-12-31 23:00' as moment;

-- test: a text that says how far from UTC it is, where others do not, is no time
create table parameters as
select
    'iso' as clock,
    null::varchar as format,
    1 as factor,
    null::timestamp as origin,
    ['x'] as servers;

create table table_columns as
select
    0 as file,
    'a' as server,
    time
from (
    values
    ('2024-01-01'),
    ('2024-01-01 01:00:00.25'),
    ('2024-01-01 01:00:00+02:00'),
    ('2024-01-01T01:00:00.25Z'),
    ('2024-01-01 01:00:00-05')
) as rows (time);

create table result as
select * from (
    values
    ('2024-01-01', timestamp '2024-01-01'),
    ('2024-01-01 01:00:00.25', timestamp '2024-01-01 01:00:00.25'),
    ('2024-01-01 01:00:00+02:00', null),
    ('2024-01-01T01:00:00.25Z', null),
    ('2024-01-01 01:00:00-05', null)
) as rows (time, moment);

-- test: stamps as numbers of any size, with and without a zone, with day or month first, and in halves of a day
create table parameters as
select
    null::varchar as format,
    'auto' as unit;

create table grafana_cells as
select
    filename,
    position,
    stamp,
    3 as column_number,
    '' as labels,
    '' as suffix,
    '1' as reading
from (
    values
    ('f', 1, '1704067200'),
    ('f', 2, '1704067200000'),
    ('f', 3, '2024-01-01T01:00:00+01:00'),
    ('f', 4, '2024-01-01 00:00:00'),
    ('f', 5, '01.02.2024 00:00'),
    ('g', 6, '01/02/2024, 09:30:00 PM'),
    ('f', 7, 'never')
) as rows (filename, position, stamp);

create table grafana_layouts as
select * from (
    values ('f', true), ('g', false)
) as rows (filename, day_first);

create table result as
select * from (
    values
    (1, timestamp '2024-01-01 00:00'),
    (2, timestamp '2024-01-01 00:00'),
    (3, timestamp '2024-01-01 00:00'),
    (4, timestamp '2024-01-01 00:00'),
    (5, timestamp '2024-02-01 00:00'),
    (6, timestamp '2024-01-02 21:30'),
    (7, null)
) as rows (position, moment);

-- test: a form of one's own wins
create table parameters as
select
    '%d.%m.%y' as format,
    'auto' as unit;

create table grafana_cells as
select
    'f' as filename,
    1 as position,
    '01.02.24' as stamp,
    3 as column_number,
    '' as labels,
    '' as suffix,
    '1' as reading;

create table grafana_layouts as
select
    'f' as filename,
    true as day_first;

create table result as
select timestamp '2024-02-01' as moment;

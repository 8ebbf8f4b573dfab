-- test: the series ends before the last two words; seconds and milliseconds are told by their size; comments are none
create table parameters as
select
    ['dump.txt'] as files,
    'auto' as unit;

copy (
    select unnest([
        'up{path="} 1 2"} 0.1 1704067200.250',
        '# TYPE up gauge',
        '{__name__="up"} NaN 1704067200250',
        'up{} 1'
    ])
) to 'dump.txt' (format csv, header false, quote '', escape '', delimiter '|');

create table result as
select * from (
    values
    (1, 'up{path="} 1 2"}', timestamp '2024-01-01 00:00:00.25', '0.1'),
    (3, '{__name__="up"}', timestamp '2024-01-01 00:00:00.25', 'NaN'),
    (4, '', timestamp '1970-01-01 00:00:01', 'up{}')
) as rows (position, id, moment, reading);

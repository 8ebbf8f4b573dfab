-- test: a sample for each statistic that a point has; offsets of the stamps count
create table parameters as
select
    ['answer.json'] as files,
    16777216 as largest;

copy (
    select unnest([
        '[{"Timestamp":"2024-01-01T01:00:00+01:00","Average":0.1,"Unit":"Percent"},',
        '{"Timestamp":1704067260.5,"Maximum":2,"ExtendedStatistics":{"p95":1.9}}]'
    ])
) to 'answer.json' (format csv, header false, quote '', escape '', delimiter '|');

create table result as
select
    position,
    concat_ws(chr(31), 'answer.json', unit, statistic) as id,
    moment,
    reading
from (
    values
    (1, 'Percent', 'Average', timestamp '2024-01-01 00:00', '0.1'),
    (2, '', 'Maximum', timestamp '2024-01-01 00:01:00.5', '2'),
    (2, '', 'p95', timestamp '2024-01-01 00:01:00.5', '1.9')
) as rows (position, unit, statistic, moment, reading);

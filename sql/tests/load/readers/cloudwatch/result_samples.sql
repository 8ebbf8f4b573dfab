-- test: stamps and values side by side, each a sample
create table cloudwatch_results as
select
    'f' as filename,
    4 as before,
    'a' as result,
    'cpu' as label,
    ['2024-01-01T00:05:00Z', '1704067200', 'never'] as stamps,
    ['1', '2', '3'] as readings;

create table result as
select
    position,
    concat_ws(chr(31), 'f', 'a', 'cpu') as id,
    moment,
    reading
from (
    values
    (5, timestamp '2024-01-01 00:05', '1'),
    (6, timestamp '2024-01-01 00:00', '2'),
    (7, null, '3')
) as rows (position, moment, reading);

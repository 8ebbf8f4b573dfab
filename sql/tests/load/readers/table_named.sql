-- test: a reading a row; where the time cannot be read, its text
create table table_rows as
select
    0 as file,
    null::bigint as position,
    'a' as server,
    moment,
    time,
    'CPU %' as name,
    value,
    text
from (
    values
    (timestamp '2024-01-01', '2024-01-01', 1e0, null),
    (timestamp '2024-01-02', '2024-01-02', null, 'n/a'),
    (null, 'Total', 9e0, null)
) as rows (moment, time, value, text);

create table result as
select
    'CPU %' as series,
    value,
    reading
from (values (1e0, null), (null, 'n/a'), (9e0, 'Total')) as rows (value, reading);

-- test: each column of a row is a sample, of the device that the row names; restarts and empty intervals are none
create table sadf_rows as
select * from (
    values
    ('f', 1, 'a', '60', '2024-01-01 00:00:00 UTC', ['sda', '1', '2'], ['DEV', 'tps', '%util'], true),
    ('f', 2, 'a', '60', '1704067200', ['3'], ['tps'], false),
    ('f', 3, 'a', '0', '1704067200', ['4'], ['tps'], false),
    ('f', 4, 'a', '-1', '1704067200', ['COM x'], ['tps'], false)
) as rows (filename, position, host, period, stamp, readings, columns, has_item);

create table result as
select
    position,
    concat_ws(chr(31), 'a', activity, column_name, item) as id,
    timestamp '2024-01-01 00:00' as moment,
    reading
from (
    values
    (1, 'DEV', 'tps', 'sda', '1'),
    (1, 'DEV', '%util', 'sda', '2'),
    (2, 'tps', 'tps', '', '3')
) as rows (position, activity, column_name, item, reading);

-- test: rows that are no samples are counted by kind; a restart that stands below several headers counts once
create table sadf_rows as
select * from (
    values
    ('f', 'a', '60', '2024-01-01 00:00:00 UTC', ['1', '2'], ['x', 'y']),
    ('f', 'a', '60', '2024-01-01 00:00:00', ['1'], ['x', 'y']),
    ('f', 'a', '0', '1704067200', ['1', '2'], ['x', 'y']),
    ('f', 'a', '-1', '1704067200', ['LINUX-RESTART (4 CPU)'], ['x', 'y']),
    ('f', 'a', '-1', '1704067200', ['LINUX-RESTART (4 CPU)'], ['x']),
    ('f', 'a', '-1', '1704067201', ['COM mended', ' well'], ['x']),
    ('f', 'a', '60', '1704067200', ['sum', '1', '2', '3'], ['INTR', 'CPU*'])
) as rows (filename, host, period, stamp, readings, columns);

create table result as
select
    'f' as filename,
    1 as restarts,
    1 as comments,
    1 as of_no_length,
    1 as of_matrices,
    1 as broken,
    6 as in_utc,
    7 as total;

-- test: a cell's number by the file's decimal sign, what follows it, and the labels of its row; empty cells are none
create table grafana_rows as
select * from (
    values
    ('f', 1, ['t', 'web', '1.045,25 %', 'oops']),
    ('f', 2, ['t', null, '', 'undefined']),
    ('f', 3, ['Time', 'host', 'cpu', 'mem'])
) as rows (filename, position, fields);

create table grafana_layouts as
select
    'f' as filename,
    1 as time_column,
    'Time' as time_name,
    [2] as label_columns,
    [3, 4] as value_columns,
    ',' as decimal;

create table result as
select * from (
    values
    (1, 't', 3, 'web', '%', '1045.25'),
    (1, 't', 4, 'web', '?', 'oops'),
    (2, 't', 4, '', '?', '')
) as rows (position, stamp, column_number, labels, suffix, reading);

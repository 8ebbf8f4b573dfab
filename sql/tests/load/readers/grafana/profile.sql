-- test: texts and numbers are told apart by column, and decimals by the digits behind the sign
create table grafana_rows as
select * from (
    values
    ('f', ['1704067200000', '45,2 %', '1,234', 'web', 'undefined']),
    ('f', ['1704067260000', '7.5 GB', '1.234,5', 'db', '']),
    ('f', ['1704067320000', null, '12.345', 'web', '3'])
) as rows (filename, fields);

create table result as
select * from (
    values
    (1, 3, 3, 0, 0, 0),
    (2, 2, 2, 1, 1, 1),
    (3, 3, 3, 1, 0, 2),
    (4, 3, 0, 0, 0, 0),
    (5, 1, 1, 0, 0, 0)
) as rows (column_number, present, numeric, comma_decimals, point_decimals, commas);

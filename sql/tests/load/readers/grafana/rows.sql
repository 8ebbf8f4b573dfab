-- test: the values of each row as a list, in order, from below the line that names the delimiter
copy (select unnest(['sep=;', 'Time;cpu', '1704067200000;1,5 %', '1704067260000;'])) to 'x.csv' (
    header false, quote '', delimiter '|'
);

create table parameters as
select
    'x.csv' as file,
    ';' as delimiter,
    'utf-8' as encoding,
    1 as skip,
    {'Time': 'VARCHAR', 'cpu': 'VARCHAR'} as columns;

create table result as
select * from (
    values (1, ['1704067200000', '1,5 %']), (2, ['1704067260000', null])
) as rows (position, fields);

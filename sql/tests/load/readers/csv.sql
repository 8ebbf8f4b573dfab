-- test: all values as they are written, without comments and the lines before the table
copy (select unnest(['Report', 'host;cpu', '# late', 'a;"1;5"', 'b;'])) to 'x.csv' (
    header false, quote '', delimiter '|'
);

create table parameters as
select
    [{'filename': 'x.csv'}] as files,
    {'host': 'VARCHAR', 'cpu': 'VARCHAR'} as columns,
    ';' as delimiter,
    true as header,
    1 as skip,
    '#' as comment,
    'utf-8' as encoding;

create table result as
select * from (values ('a', '1;5', 0), ('b', null, 0)) as rows (host, cpu, file_index);

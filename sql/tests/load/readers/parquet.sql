-- test: rows with the position of their file; columns are matched by name
copy (select 1 as cpu, 'a' as host) to 'x.parquet';

copy (select 'b' as host, 2 as cpu) to 'year=2024.parquet';

create table parameters as
select [{'filename': 'x.parquet'}, {'filename': 'year=2024.parquet'}] as files;

create table result as
select * from (values ('a', 1, 0), ('b', 2, 1)) as rows (host, cpu, file_index);

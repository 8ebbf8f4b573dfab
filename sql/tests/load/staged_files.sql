-- test: the rows of some files; a name is no pattern
copy (select 1 as metric) to 'a[1].parquet';

copy (select 2 as metric) to 'b.parquet';

copy (select 3 as metric) to 'a1.parquet';

create table parameters as
select [{'filename': 'a[1].parquet'}, {'filename': 'b.parquet'}] as files;

create table result as
select * from (values (1), (2)) as rows (metric);

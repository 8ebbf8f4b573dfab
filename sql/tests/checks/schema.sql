-- test: each schema stands once, the rarest first, with its first file; the order of columns belongs to it
create table parameters as select ['a.parquet', 'b.parquet', 'c.parquet'] as files;

copy (select 1::bigint as cpu, 'x' as region) to 'a.parquet';

copy (select 2::bigint as cpu, 'y' as region) to 'b.parquet';

copy (select 'z' as region, 3e0 as cpu) to 'c.parquet';

create table result as
select * from (
    values (['region', 'cpu'], 1, 'c.parquet'), (['cpu', 'region'], 2, 'a.parquet')
) as rows (names, files, first_file);

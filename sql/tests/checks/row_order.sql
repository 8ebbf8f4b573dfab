-- test: files whose rows do not follow each other by server and time are named, with their first such row
create table parameters as select ['sorted.parquet', 'unsorted.parquet'] as files;

copy (
    select * from (
        values
        ('a', timestamp '2024-01-01'),
        ('a', timestamp '2024-01-02'),
        ('b', timestamp '2024-01-01')
    ) as rows (server_id, timestamp)
) to 'sorted.parquet';

copy (
    select * from (
        values
        ('a', timestamp '2024-01-01'),
        ('b', timestamp '2024-01-02'),
        ('b', timestamp '2024-01-01'),
        ('a', timestamp '2024-01-02')
    ) as rows (server_id, timestamp)
) to 'unsorted.parquet';

create table result as
select
    'unsorted.parquet' as filename,
    2 as rows,
    2 as first_row;

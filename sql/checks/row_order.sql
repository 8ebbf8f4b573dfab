-- The files whose rows are not sorted by server and then by timestamp. Rows are compared with the one before as they
-- stream by, which needs no memory; the first row of a file has none.
-- Parameters: files.
with numbered as (
    select
        filename,
        file_row_number,
        server_id,
        timestamp,
        lag(file_row_number) over () as row_before,
        lag(server_id) over () as server_before,
        lag(timestamp) over () as timestamp_before
    from read_parquet($files, filename = true, file_row_number = true, hive_partitioning = false, union_by_name = true)
),

unsorted as (
    select
        filename,
        count(*) as rows,
        min(file_row_number) as first_row
    from numbered
    where
        file_row_number > 0
        and (
            row_before is distinct from file_row_number - 1
            or not coalesce((server_before, timestamp_before) <= (server_id, timestamp), false)
        )
    group by filename
    order by filename
)

select * from unsorted

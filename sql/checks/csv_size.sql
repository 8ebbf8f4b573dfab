-- Bytes that the first rows of some files would take as CSV: the text of each value, and a comma or a line end.
-- Parameters: files, partition (both as in dataset/data_files), rows (of each file).
with few as (
    select * replace (regexp_extract("panel.file", $partition, ['year', 'server_type']) as "panel.file")
    from read_parquet($files, hive_partitioning = false, union_by_name = true, filename = 'panel.file')
    where file_row_number < $rows
),

whole as (
    select
        * exclude ("panel.file"),
        unnest("panel.file")
    from few
),

written as (
    select
        count(*) as "panel.sampled",
        sum(coalesce(length(columns(*)::varchar), 0) + 1)::bigint
    from whole
)

select * from written

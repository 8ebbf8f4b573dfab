-- Bytes that the first rows of some files would take as CSV: the text of each value, and a comma or a line end.
-- Parameters: files, rows (of each file).
with few as (
    select * from read_parquet($files, hive_partitioning = true)
    where file_row_number < $rows
),

written as (
    select
        count(*) as "panel.sampled",
        sum(coalesce(length(columns(*)::varchar), 0) + 1)::bigint
    from few
)

select * from written

-- Bytes that a few rows of one file would take as CSV: the text of each value, and a comma or a line end.
-- Parameters: file, rows.
with few as (
    from read_parquet($file, hive_partitioning = true)
    limit $rows
),

written as (
    select
        count(*) as "panel.sampled",
        sum(coalesce(length(columns(*)::varchar), 0) + 1)::bigint
    from few
)

select * from written

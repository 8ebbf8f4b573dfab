-- Longer steps with fewer samples than they have room for, by metric.
-- Parameters: period (seconds).
-- Reads: panel_rows, metric_steps (metric, seconds).
with cells as (
    select
        unnest([
            struct_pack(metric := '{column}', samples := "{column}_samples"),
            null
        ], recursive := true)
    from panel_rows
)

select
    cells.metric,
    count(*) filter (cells.samples < $period // metric_steps.seconds) as thin,
    count(*) as steps
from cells
inner join metric_steps on cells.metric = metric_steps.metric
where cells.samples > 0
group by cells.metric
order by cells.metric

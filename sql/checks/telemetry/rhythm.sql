-- The mean of each metric by server and hour of the day, without what is not finite: one such value would take the hour
-- from the rhythm. `filter` would leave out the steps at which any metric is not finite, from all metrics.
-- Parameters: metrics (columns), peers (columns that peers share). Reads: panel.
with rhythm as (
    select
        server_id,
        columns($peers),
        hour(timestamp) as "panel.hour",
        avg(case when isfinite(columns($metrics)) then columns($metrics) end)
    from panel
    group by all
    order by server_id, "panel.hour"
)

select * from rhythm

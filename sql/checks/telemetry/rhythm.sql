-- The mean of each metric by server and hour of the day, without what is not finite: one such value would take the hour
-- from the rhythm.
-- Parameters: metrics (columns), peers (columns that peers share). Reads: panel.
with rhythm as (
    select
        server_id,
        columns($peers),
        hour(timestamp) as "panel.hour",
        avg(columns($metrics)) filter (isfinite(columns($metrics)))
    from panel
    group by all
    order by server_id, "panel.hour"
)

select * from rhythm

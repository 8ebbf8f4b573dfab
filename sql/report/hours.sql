-- The panel summed up by archetype, hour and metric: small however many servers there are. Other queries of the report
-- read it as `hour_sums`, so that the panel is read once for all that is shown over time.
-- A metric may have any plain name, hour too; names with a dot are free.
-- Parameters: metrics (columns), bucket_minutes. Reads: panel.
with sums as (
    select
        {'present': count(columns($metrics)), 'total': sum(columns($metrics))},
        server_type,
        time_bucket(to_minutes($bucket_minutes), timestamp) as "panel.hour"
    from panel
    group by server_type, "panel.hour"
),

metrics as (
    unpivot sums on columns($metrics) into name metric value found
),

hours as (
    select
        server_type,
        "panel.hour" as hour,
        metric,
        unnest(found)
    from metrics
)

select * from hours

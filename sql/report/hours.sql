-- The panel summed up by archetype, hour and metric: small however many servers there are. Other queries of the report
-- read it as `hour_sums`, so that the panel is read once for all that is shown over time.
-- A metric may have any plain name, hour too; names with a dot are free.
-- Repeats: column. Parameters: bucket_minutes. Reads: panel.
with sums as (
    select
        count("{column}") as "{column}.present",
        sum("{column}") as "{column}.total",
        server_type,
        time_bucket(to_minutes($bucket_minutes), timestamp) as "panel.hour"
    from panel
    group by server_type, "panel.hour"
),

hours as (
    select
        server_type,
        "panel.hour" as hour,
        unnest(
            [
                {'metric': '{column}', 'present': "{column}.present", 'total': "{column}.total"},
            ],
            recursive := true
        )
    from sums
)

select * from hours

-- The panel summed up by archetype, group and hour: all that the statistical rules need of the values, and small
-- however many servers there are. A value outside its metric's clip, NaN included, is left out, so that one of them
-- does not hide what the others say.
-- A metric may have any plain name, hour too; names with a dot are free.
-- Repeats: column. Parameters: low and high by column, bucket_minutes, rows (the view that is summed up).
with clipped as (
    select
        if(isfinite("{column}") and "{column}" between $low['{column}'] and $high['{column}'], "{column}", null)
            as "{column}",
        server_type,
        "panel.group",
        time_bucket(to_minutes($bucket_minutes), timestamp) as "panel.hour"
    from query_table($rows)
),

hours as (
    select
        count("{column}") as "{column}.inside",
        coalesce(sum("{column}"), 0) as "{column}.total",
        coalesce(sum("{column}" * "{column}"), 0) as "{column}.squares",
        count(*) as cells,
        server_type,
        "panel.group" as "group",
        "panel.hour" as hour
    from clipped
    group by server_type, "panel.group", "panel.hour"
)

select * from hours

-- Panel 6: the 95th percentile of each metric by archetype, over the last month that the window has whole. The estimate
-- (a t-digest) takes the same little memory for any number of rows.
-- Parameters: metrics (columns), first_timestamp, stop_timestamp. Reads: panel.
with quantiles as (
    select
        {'p95': approx_quantile(columns($metrics), 0.95)},
        server_type
    from panel
    where timestamp >= $first_timestamp and timestamp < $stop_timestamp
    group by server_type
),

metrics as (
    unpivot quantiles on columns($metrics) into name metric value found
),

headroom as (
    select
        server_type,
        metric,
        unnest(found)
    from metrics
    order by all
)

select * from headroom

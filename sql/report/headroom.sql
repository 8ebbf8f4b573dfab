-- Panel 6: the 95th percentile of each metric by archetype, over the last month that the window has whole. The estimate
-- (a t-digest) takes the same little memory for any number of rows.
-- Repeats: column. Parameters: first_timestamp, stop_timestamp. Reads: panel.
with quantiles as (
    select
        approx_quantile("{column}", 0.95) as "{column}",
        server_type
    from panel
    where timestamp >= $first_timestamp and timestamp < $stop_timestamp
    group by server_type
),

headroom as (
    select
        server_type,
        unnest(
            [
                {'metric': '{column}', 'p95': "{column}"},
            ],
            recursive := true
        )
    from quantiles
)

select * from headroom
order by all

-- What became of counters, by metric.
-- Reads: rates, metrics (metric, name).
with counted as (
    select
        metric,
        count(*) filter (is_reset) as resets,
        count(*) filter (is_after_gap) as after_gaps
    from rates
    group by metric
)

select counted.* replace (metrics.name as metric)
from counted
inner join metrics on counted.metric = metrics.metric
order by metrics.name

-- Values outside of what their unit allows, by metric.
-- Reads: converted, metrics (metric, name).
with counted as (
    select
        metric,
        count(*) as outside
    from converted
    where is_outside
    group by metric
)

select counted.* replace (metrics.name as metric)
from counted
inner join metrics on counted.metric = metrics.metric
order by metrics.name

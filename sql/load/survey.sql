-- One row a metric and fault: how many samples, the least and the greatest value, the first and the last time.
-- Times stay within the years that Python knows.
-- Reads: staged, metrics (metric, name).
with counted as (
    select
        metric,
        fault,
        count(*) as samples,
        min(value) as least,
        max(value) as greatest,
        greatest(min(moment), timestamp '0001-01-01') as first_moment,
        least(max(moment), timestamp '9999-12-31') as last_moment,
        count(device) as with_device,
        min(reading) as example
    from staged
    group by all
)

select counted.* replace (metrics.name as metric)
from counted
inner join metrics on counted.metric = metrics.metric
order by metrics.name, counted.fault

-- One row a metric and fault: how many samples, the least and the greatest value, the first and the last time.
-- Reads: staged, metrics (metric, name).
with counted as (
    select
        metric,
        fault,
        count(*) as samples,
        min(value) as least,
        max(value) as greatest,
        min(moment) as first_moment,
        max(moment) as last_moment,
        count(device) as with_device,
        min(reading) as example
    from staged
    group by all
)

select counted.* replace (metrics.name as metric)
from counted
inner join metrics on counted.metric = metrics.metric
order by metrics.name, counted.fault

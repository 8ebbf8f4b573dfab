-- How often each number of microseconds lies between neighbours of a series; the most frequent first.
-- Reads: bucket, metrics (metric, name).
with differences as (
    select
        metric,
        epoch_us(moment) - epoch_us(lag(moment) over (
            partition by server, metric, device
            order by moment
        )) as difference
    from bucket
    where fault < 5
),

counted as (
    select
        metric,
        difference,
        count(*) as times
    from differences
    where difference > 0
    group by all
)

select counted.* replace (metrics.name as metric)
from counted
inner join metrics on counted.metric = metrics.metric
order by counted.times desc, metrics.name, counted.difference
limit 10000

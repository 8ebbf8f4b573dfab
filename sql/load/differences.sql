-- How often each number of microseconds lies between neighbours of a series; the most frequent first.
-- Reads: bucket.
with differences as (
    select
        metric,
        epoch_us(moment) - epoch_us(lag(moment) over (
            partition by server, metric, device
            order by moment
        )) as difference
    from bucket
    where fault < 5
)

select
    metric,
    difference,
    count(*) as times
from differences
where difference > 0
group by all
order by times desc, metric, difference
limit 10000

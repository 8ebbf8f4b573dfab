-- Counters as rates: the growth from a sample to the next one, a second, at the first one's place.
-- Of two samples of one time the mean or the last holds. Where a counter falls, or the next sample comes later than one
-- and a half steps on, the growth is not known: null. The last sample of a series has no rate.
-- Parameters: duplicates (mean or last).
-- Reads: ordered, counter_steps (metric, step in microseconds).
with counters as (
    select
        ordered.metric,
        ordered.server,
        ordered.device,
        ordered.instant,
        ordered.place,
        ordered.value,
        ordered.ordinal,
        counter_steps.step
    from ordered
    inner join counter_steps on ordered.metric = counter_steps.metric
),

single as (
    select
        metric,
        server,
        device,
        instant,
        step,
        min(place) as place,
        case
            when min(value) = max(value) then min(value)
            when $duplicates = 'last' then arg_max(value, ordinal)
            else list_sum(list(value order by value)) / count(value)
        end as value
    from counters
    group by all
),

grown as (
    select
        *,
        lead(value) over in_time - value as growth,
        lead(instant) over in_time - instant as lasted
    from single
    window in_time as (
        partition by server, metric, device
        order by instant
    )
)

select
    metric,
    server,
    device,
    place,
    if(growth >= 0 and lasted <= step * 3 // 2, growth * 1000000 / lasted, null) as value,
    growth < 0 as is_reset,
    lasted > step * 3 // 2 as is_after_gap
from grown
where lasted is not null

-- A bucket's samples in UTC. An hour that a clock shows twice is the first or the second of the two.
-- kind_of_hour: 0 plain; 1 repeated; 2 skipped (the clock never showed it: read as if it had not been put forward).
-- By order: within a series and file, the second begins where the clock goes back; in a file that is newest first,
-- read from its end. Where nothing tells, it is the first.
-- Parameters: zone, repeated_hour.
-- Reads: bucket.
with doubled as (
    select
        *,
        timezone('UTC', timezone($zone, moment)) as second_time
    from bucket
),

judged as (
    select
        *,
        second_time - interval 1 hour as first_time,
        case
            when timezone($zone, timezone('UTC', second_time)) <> moment then 2
            when timezone($zone, timezone('UTC', second_time - interval 1 hour)) = moment then 1
            else 0
        end as kind_of_hour
    from doubled
),

repeated as (
    select
        *,
        regr_slope(epoch_us(moment), ordinal) over file < 0 as is_newest_first,
        max(moment) over (
            partition by server, metric, device, ordinal >> 40, moment::date
            order by ordinal
            rows between unbounded preceding and 1 preceding
        ) as greatest_before,
        max(moment) over (
            partition by server, metric, device, ordinal >> 40, moment::date
            order by ordinal
            rows between 1 following and unbounded following
        ) as greatest_after
    from judged
    where kind_of_hour = 1
    window file as (partition by server, metric, device, ordinal >> 40)
),

told as (
    select
        * exclude (is_newest_first, greatest_before, greatest_after),
        coalesce(if(is_newest_first, greatest_after, greatest_before) >= moment, false) as is_second
    from repeated
)

select
    * exclude (moment, second_time, first_time, kind_of_hour),
    second_time as moment,
    kind_of_hour
from judged
where kind_of_hour <> 1
union all by name
select
    * exclude (moment, second_time, first_time, kind_of_hour, is_second),
    if($repeated_hour = 'second' or ($repeated_hour = 'by_order' and is_second), second_time, first_time) as moment,
    kind_of_hour
from told

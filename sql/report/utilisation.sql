-- Panel 1: the mean of each metric over time, by archetype. Weeks that the window cuts are left out: half a week is not
-- a typical one.
-- Parameters: unit (hour, day, week, month), first_day, last_day. Reads: hour_sums.
with means as (
    select
        server_type,
        metric,
        date_trunc($unit, hour)::timestamp as moment,
        sum(total) / sum(present) as mean
    from hour_sums
    group by all
),

whole as (
    select * from means
    where $unit <> 'week' or (moment >= $first_day::date and moment + interval 6 days <= $last_day::date)
    order by server_type, metric, moment
)

select * from whole

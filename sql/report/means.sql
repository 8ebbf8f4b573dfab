-- Panels 1 and 6: the mean of each metric over time, by archetype. Weeks that the window cuts may be left out, since
-- half a week is not a typical one, and months: they would tell of the days they have rather than of growth.
-- Parameters: unit (hour, day, week, month), whole_units (left out where the window cuts them), first_day, last_day.
-- Reads: hour_sums.
with moments as (
    select
        server_type,
        metric,
        date_trunc($unit, hour)::timestamp as moment,
        sum(total) / sum(present) as mean
    from hour_sums
    group by all
),

means as (
    select * from moments
    where
        not list_contains($whole_units, $unit)
        or (moment >= $first_day::date and moment + ('1 ' || $unit)::interval <= $last_day::date + interval 1 day)
    order by server_type, metric, moment
)

select * from means

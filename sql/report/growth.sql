-- Panel 6: the mean of each metric in each month, by archetype; in each week or day where the window has few months.
-- Months that the window cuts are left out: they would tell of the days they have rather than of growth.
-- Parameters: unit (day, week, month), first_day, last_day. Reads: hour_sums.
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
    where
        moment >= $first_day::date
        and case
            when $unit = 'month' then last_day(moment) <= $last_day::date
            when $unit = 'week' then moment + interval 6 days <= $last_day::date
            else true
        end
    order by server_type, metric, moment
)

select * from whole

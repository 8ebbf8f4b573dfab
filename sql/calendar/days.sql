-- The calendar of some days: the flags and factors that all servers with the same clock share.
-- Parameters: first_day, last_day (dates, both included). Uses the macros.
with days as (
    select unnest(generate_series($first_day::timestamp, $last_day::timestamp, interval 1 day))::date as calendar_day
),

calendar as (
    select
        calendar_day,
        month(calendar_day)::tinyint as month,
        quarter(calendar_day)::tinyint as quarter,
        day_of_week(calendar_day)::tinyint as dayofweek,
        is_eoq(calendar_day)::tinyint as is_eoq,
        eoq_factor(calendar_day) as eoq_factor,
        is_weekend(calendar_day)::tinyint as is_weekend,
        is_holiday(calendar_day)::tinyint as is_holiday,
        holiday_factor(calendar_day) as holiday_factor
    from days
    order by calendar_day
)

select * from calendar

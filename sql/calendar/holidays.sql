-- The holidays among some days, and their factors: all in which clocks differ that have the same settings.
-- Parameters: first_day, last_day (dates, both included). Uses the macros.
with days as (
    select unnest(generate_series($first_day::timestamp, $last_day::timestamp, interval 1 day))::date as calendar_day
),

calendar as (
    select
        is_holiday(calendar_day)::tinyint as is_holiday,
        holiday_factor(calendar_day) as holiday_factor
    from days
    order by calendar_day
)

select * from calendar

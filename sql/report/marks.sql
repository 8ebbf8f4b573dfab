-- The days that panel 1 marks: ends of quarters, as configured, and holidays.
-- Parameters: first_day, last_day. Reads: the tables behind the macros.
with days as (
    select unnest(generate_series($first_day::date, $last_day::date, interval 1 day))::date as calendar_day
),

kinds as (
    select
        calendar_day,
        list_contains(eoq_months, month(calendar_day)) and days_to_month_end(calendar_day) = 0 as ends_quarter,
        is_holiday(calendar_day) as is_free
    from days
    cross join eoq_settings
),

marks as (
    select
        calendar_day::timestamp as moment,
        ends_quarter,
        is_free
    from kinds
    where ends_quarter or is_free
    order by moment
)

select * from marks

-- The date frame: one row a timestamp, with the flags and factors that all servers share.
-- Parameters: first_timestamp, last_timestamp, step_minutes. Reads: the tables behind the macros.
with stamps as (
    select unnest(generate_series($first_timestamp, $last_timestamp, to_minutes($step_minutes))) as timestamp
),

-- All but the business hours depends on the day alone: work it out once a day, not once a step.
days as (
    select distinct timestamp::date as calendar_day
    from stamps
),

day_columns as (
    select
        calendar_day,
        month(calendar_day)::tinyint as month,
        quarter(calendar_day)::tinyint as quarter,
        day_of_week(calendar_day)::tinyint as dayofweek,
        is_weekend(calendar_day)::tinyint as is_weekend,
        is_eoq(calendar_day)::tinyint as is_eoq,
        is_holiday(calendar_day)::tinyint as is_holiday,
        eoq_factor(calendar_day) as eoq_factor,
        holiday_factor(calendar_day) as holiday_factor
    from days
),

calendar as (
    select
        stamps.timestamp,
        day_columns.* exclude (calendar_day),
        is_business_hour(stamps.timestamp) as is_business_hour
    from stamps
    inner join day_columns on stamps.timestamp::date = day_columns.calendar_day
    order by stamps.timestamp
)

select * from calendar

-- The date frame: one row a timestamp, with the flags and factors that all servers with the same clock share.
-- Business hours, weekends and holidays are those of the local time, all else that of the timestamp.
-- Reads: stamps (timestamp, local_time), and the tables behind the macros.
-- All but the hours depends on the day alone: work it out once a day, not once a step.
with days as (
    select distinct timestamp::date as calendar_day
    from stamps
),

day_columns as (
    select
        calendar_day,
        month(calendar_day)::tinyint as month,
        quarter(calendar_day)::tinyint as quarter,
        day_of_week(calendar_day)::tinyint as dayofweek,
        is_eoq(calendar_day)::tinyint as is_eoq,
        eoq_factor(calendar_day) as eoq_factor
    from days
),

local_days as (
    select distinct local_time::date as local_day
    from stamps
),

local_day_columns as (
    select
        local_day,
        day_of_week(local_day)::tinyint as local_weekday,
        is_weekend(local_day)::tinyint as is_weekend,
        is_holiday(local_day)::tinyint as is_holiday,
        holiday_factor(local_day) as holiday_factor
    from local_days
),

calendar as (
    select
        stamps.timestamp,
        day_columns.* exclude (calendar_day),
        local_day_columns.* exclude (local_day),
        hour(stamps.local_time)::tinyint as local_hour,
        is_business_hour(stamps.local_time) as is_business_hour
    from stamps
    inner join day_columns on stamps.timestamp::date = day_columns.calendar_day
    inner join local_day_columns on stamps.local_time::date = local_day_columns.local_day
    order by stamps.timestamp
)

select * from calendar

-- The calendar of some days, by UTC: what is known of a step that has no row.
-- Parameters: first_day, last_day (dates, both included). Uses the macros.
with days as (
    select unnest(generate_series($first_day::timestamp, $last_day::timestamp, interval 1 day))::date as calendar_day
),

known as (
    select
        calendar_day,
        year(calendar_day)::bigint as year,
        month(calendar_day)::tinyint as month,
        quarter(calendar_day)::tinyint as quarter,
        day_of_week(calendar_day)::tinyint as dayofweek,
        is_weekend(calendar_day)::tinyint as is_weekend,
        is_eoq(calendar_day)::tinyint as is_eoq,
        is_holiday(calendar_day)::tinyint as is_holiday
    from days
    order by calendar_day
)

select * from known

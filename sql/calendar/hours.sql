-- The hours of a day, and which of them are business hours.
-- Uses the macros.
with hours as (
    select unnest(generate_series(timestamp '2000-01-01', timestamp '2000-01-01 23:00', interval 1 hour)) as moment
),

calendar as (
    select
        hour(moment)::tinyint as local_hour,
        is_business_hour(moment) as is_business_hour
    from hours
    order by moment
)

select * from calendar

-- Flags that disagree with the timestamp. All of them depend on the day alone, so they are compared only once for each
-- day and combination of flags, not for each row. Days outside the window are a matter of the keys.
-- Parameters: start_date, end_date, has_local_time (weekends and holidays are judged elsewhere then).
-- Reads: panel, and known_days as sql/calendar/days says.
with days as (
    select
        timestamp::date as found_day,
        year,
        month,
        quarter,
        dayofweek,
        is_weekend,
        is_eoq,
        is_holiday,
        count(*) as cells
    from panel
    where timestamp >= $start_date::timestamp and timestamp < $end_date::timestamp + interval 1 day
    group by all
),

flags as (
    select
        days.found_day,
        days.cells,
        unnest(
            [
                {'flag': 'year', 'wrong': days.year is distinct from year(days.found_day)},
                {'flag': 'month', 'wrong': days.month is distinct from known_days.month},
                {'flag': 'quarter', 'wrong': days.quarter is distinct from known_days.quarter},
                {'flag': 'dayofweek', 'wrong': days.dayofweek is distinct from known_days.dayofweek},
                {
                    'flag': 'is_weekend',
                    'wrong': not $has_local_time and days.is_weekend is distinct from known_days.is_weekend
                },
                {'flag': 'is_eoq', 'wrong': days.is_eoq is distinct from known_days.is_eoq},
                {
                    'flag': 'is_holiday',
                    'wrong': not $has_local_time and days.is_holiday is distinct from known_days.is_holiday
                }
            ],
            recursive := true
        )
    from days
    inner join known_days on days.found_day = known_days.calendar_day
),

wrong_flags as (
    select
        flag,
        sum(cells)::bigint as cells,
        min(found_day) as first_day
    from flags
    where wrong
    group by flag
    order by cells desc, flag
)

select * from wrong_flags

-- Flags that disagree with the timestamp. All of them depend on the day alone, so the macros need run only once for
-- each day and combination of flags, not for each row. Days outside the window are a matter of the keys.
-- Parameters: start_date, end_date, has_local_time (weekends and holidays are judged elsewhere then).
-- Reads: panel and the tables behind the macros.
with days as (
    select
        timestamp::date as calendar_day,
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
        calendar_day,
        cells,
        unnest(
            [
                {'flag': 'year', 'wrong': year is distinct from year(calendar_day)},
                {'flag': 'month', 'wrong': month is distinct from month(calendar_day)},
                {'flag': 'quarter', 'wrong': quarter is distinct from quarter(calendar_day)},
                {'flag': 'dayofweek', 'wrong': dayofweek is distinct from day_of_week(calendar_day)},
                {
                    'flag': 'is_weekend',
                    'wrong': not $has_local_time and is_weekend is distinct from is_weekend(calendar_day)::tinyint
                },
                {'flag': 'is_eoq', 'wrong': is_eoq is distinct from is_eoq(calendar_day)::tinyint},
                {
                    'flag': 'is_holiday',
                    'wrong': not $has_local_time and is_holiday is distinct from is_holiday(calendar_day)::tinyint
                }
            ],
            recursive := true
        )
    from days
),

wrong_flags as (
    select
        flag,
        sum(cells)::bigint as cells,
        min(calendar_day) as first_day
    from flags
    where wrong
    group by flag
    order by cells desc, flag
)

select * from wrong_flags

-- Panel 5: the ramp to a quarter's end and the dip on holidays, as measured: each day against the ordinary days of the
-- same weekday and the same quarter. Only days with one effect are looked at: the last days of December, with two, tell
-- of neither. `position` is the number of days to the quarter's end, or the holiday's factor.
-- Parameters: most_days (how far before a quarter's end to look). Reads: hour_sums, the tables behind the macros.
with sums as (
    select
        server_type,
        metric,
        hour::date as calendar_day,
        sum(total) / sum(present) as mean,
        sum(present) as present
    from hour_sums
    group by all
    having sum(present) > 0
),

calendar as (
    select
        calendar_day,
        eoq_factor(calendar_day) as ramp,
        holiday_factor(calendar_day) as dip,
        case
            when list_contains(eoq_months, month(calendar_day)) and days_to_month_end(calendar_day) <= $most_days
                then days_to_month_end(calendar_day)
        end as days_left
    from (select distinct calendar_day from sums)
    cross join eoq_settings
),

days as (
    select
        sums.*,
        calendar.ramp,
        calendar.dip,
        calendar.days_left,
        isodow(sums.calendar_day) as weekday,
        date_trunc('quarter', sums.calendar_day) as quarter
    from sums
    inner join calendar on sums.calendar_day = calendar.calendar_day
),

ordinary as (
    select
        server_type,
        metric,
        weekday,
        quarter,
        sum(mean * present) / sum(present) as mean
    from days
    where ramp = 1 and dip = 1
    group by all
),

shown as (
    select
        days.server_type,
        days.metric,
        days.present,
        days.mean / nullif(ordinary.mean, 0) as ratio,
        case when days.dip = 1 then 'ramp' else 'holiday' end as kind,
        case when days.dip = 1 then days.days_left else days.dip end::double as position,
        case when days.dip = 1 then days.ramp else days.dip end as factor
    from days
    left join ordinary
        on
            days.server_type = ordinary.server_type
            and days.metric = ordinary.metric
            and days.weekday = ordinary.weekday
            and days.quarter = ordinary.quarter
    where (days.dip = 1 and days.days_left is not null) or (days.ramp = 1 and days.dip <> 1)
),

effects as (
    select
        server_type,
        metric,
        kind,
        position,
        sum(ratio * present) / sum(present) filter (ratio is not null) as measured,
        avg(factor) as factor
    from shown
    group by all
    order by all
)

select * from effects

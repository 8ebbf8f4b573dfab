-- Flags that disagree with the calendar of the region's clock.
-- Parameters: bucket_minutes. Reads: panel, local_flags (region, hour, is_weekend, is_holiday).
with found as (
    select
        region,
        time_bucket(to_minutes($bucket_minutes), timestamp) as hour,
        is_weekend,
        is_holiday,
        count(*) as cells
    from panel
    group by all
),

compared as (
    select
        found.cells,
        found.hour,
        (found.is_weekend is distinct from local_flags.is_weekend) as weekend_is_wrong,
        (found.is_holiday is distinct from local_flags.is_holiday) as holiday_is_wrong
    from found
    inner join local_flags on found.region = local_flags.region and found.hour = local_flags.hour
),

flags as (
    select
        hour,
        cells,
        unnest(
            [{'flag': 'is_weekend', 'wrong': weekend_is_wrong}, {'flag': 'is_holiday', 'wrong': holiday_is_wrong}],
            recursive := true
        )
    from compared
),

wrong_flags as (
    select
        flag,
        sum(cells)::bigint as cells,
        min(hour)::date as first_day
    from flags
    where wrong
    group by flag
    order by cells desc, flag
)

select * from wrong_flags

-- What was found in a bucket, by metric.
-- Parameters: step (microseconds).
-- Reads: ordered, metrics (metric, name), servers (server, name).
with shifted as (
    select
        *,
        (instant + $step // 10) % $step - $step // 10 as shift
    from ordered
),

counted as (
    select
        metric,
        count(*) filter (shift <> 0 and abs(shift) <= $step // 10) as jitter,
        count(*) filter (shift > $step // 10) as off_grid,
        count(*) filter (is_late) as unsorted,
        count(*) filter (is_same) as duplicates,
        count(*) filter (is_repeat and not is_same) as crowded,
        count(*) filter (kind_of_hour = 1) as repeated_hours,
        count(*) filter (kind_of_hour = 2) as skipped_hours,
        min(server) filter (is_repeat) as first_server
    from shifted
    group by metric
)

select
    counted.* exclude (first_server) replace (metrics.name as metric),
    servers.name as example
from counted
inner join metrics on counted.metric = metrics.metric
left join servers on counted.first_server = servers.server
order by metrics.name

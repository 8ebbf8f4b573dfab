-- What was found in a bucket, by metric.
-- Parameters: step (microseconds).
-- Reads: ordered.
select
    metric,
    count(*) filter ("offset" <> 0 and abs("offset") <= $step // 10) as jitter,
    count(*) filter ("offset" > $step // 10) as off_grid,
    count(*) filter (is_late) as unsorted,
    count(*) filter (is_repeat and instant = instant_before) as duplicates,
    count(*) filter (is_repeat and instant <> instant_before) as crowded,
    count(*) filter (kind_of_hour = 1) as repeated_hours,
    count(*) filter (kind_of_hour = 2) as skipped_hours,
    min(server) filter (is_repeat) as example
from ordered
group by metric
order by metric

-- A bucket's samples with their place on the grid, and what their neighbours in time tell.
-- place: microseconds since 1970 where a sample counts: the start of its step where samples are kept as they are
-- (keep), else the sample's own time, snapped to a multiple of the step within a tenth of it.
-- offset: microseconds from the nearest multiple of the step (at most a tenth before it) to the sample.
-- Parameters: step (microseconds), keep.
-- Reads: utc.
with placed as (
    select
        *,
        epoch_us(moment) as instant,
        (epoch_us(moment) + $step // 10) // $step * $step as step_start
    from utc
    where fault < 5
),

snapped as (
    select
        * exclude (moment, step_start),
        instant - step_start as "offset",
        if($keep or abs(instant - step_start) <= $step // 10, step_start, instant) as place
    from placed
)

select
    *,
    lag(instant) over in_time as instant_before,
    coalesce(ordinal < lag(ordinal) over in_time, false) as is_late,
    coalesce(place = lag(place) over in_time, false) as is_repeat,
    coalesce(place = lead(place) over in_time, false) as is_repeated
from snapped
window in_time as (
    partition by server, metric, device
    order by instant, ordinal
)

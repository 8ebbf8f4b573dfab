-- A bucket's samples with their place on the grid.
-- instant: microseconds since 1970. place: where a sample counts: the start of its step where samples are kept as they
-- are (keep), else its own instant, snapped to a multiple of the step within a tenth of it.
-- Parameters: step (microseconds), keep.
-- Reads: utc.
with timed as (
    select
        metric,
        server,
        device,
        value,
        samples,
        ordinal,
        kind_of_hour::tinyint as kind_of_hour,
        epoch_us(moment) as instant
    from utc
    where fault < 5
),

stepped as (
    select
        *,
        (instant + $step // 10) // $step * $step as step_start
    from timed
)

select
    * exclude (step_start),
    if($keep or abs(instant - step_start) <= $step // 10, step_start, instant) as place
from stepped

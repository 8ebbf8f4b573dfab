-- A bucket's samples with what their neighbours in time tell.
-- Reads: placed.
select
    *,
    coalesce(ordinal < lag(ordinal) over in_time, false) as is_late,
    coalesce(instant = lag(instant) over in_time, false) as is_same,
    coalesce(place = lag(place) over in_time, false) as is_repeat,
    coalesce(place = lead(place) over in_time, false) as is_repeated
from placed
window in_time as (
    partition by server, metric, device
    order by instant, ordinal
)

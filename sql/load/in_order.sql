-- A bucket's samples as `ordered` has them, where each series is in order: a place for each, and none late.
-- Reads: placed.
select
    *,
    false as is_late,
    false as is_same,
    false as is_repeat,
    false as is_repeated
from placed

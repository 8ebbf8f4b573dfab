-- A bucket's samples, whose times are in UTC.
-- Reads: bucket.
select
    *,
    0 as kind_of_hour
from bucket

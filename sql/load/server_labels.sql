-- The label of each server that most of its samples have, the first by name of several.
-- Parameters: strip, lower (as for staged).
-- Reads: label_readings.
with named as (
    select
        coalesce(regexp_replace(server, $strip, ''), server) as found,
        label,
        value
    from label_readings
    where server is not null and coalesce(trim(value), '') <> ''
),

counted as (
    select
        if($lower, lower(found), found) as server,
        label,
        trim(value) as value,
        count(*) as times
    from named
    group by all
)

select
    server,
    label,
    arg_min(value, (-times, value)) as value,
    count(*) as different
from counted
group by server, label
order by server, label

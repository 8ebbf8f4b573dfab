-- Every step of each server of a bucket, from its first to its last, with what there is of its metrics.
-- Parameters: step (microseconds).
-- Reads: pivoted.
with spans as (
    select
        server,
        min(place) as first_place,
        max(place) as last_place
    from pivoted
    group by server
),

grid as (
    select
        server,
        unnest(range(first_place, last_place + 1, $step::bigint)) as place
    from spans
)

select
    grid.server,
    grid.place,
    pivoted.* exclude (server, place)
from grid
left join pivoted on grid.server = pivoted.server and grid.place = pivoted.place

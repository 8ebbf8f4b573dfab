-- A bucket's rows: every step of each server from its first to its last, with its labels and the calendar.
-- Parameters: step (microseconds).
-- Reads: pivoted, server_labels, calendar.
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
),

filled as (
    select
        make_timestamp(grid.place) as timestamp,
        grid.server,
        pivoted.* exclude (server, place)
    from grid
    left join pivoted on grid.server = pivoted.server and grid.place = pivoted.place
)

select
    filled.* exclude (server) replace (
        coalesce("{count}", 0) as "{count}",
        filled.timestamp as timestamp
    ),
    server_labels.* exclude (server),
    calendar.* exclude (calendar_day)
from filled
inner join server_labels on filled.server = server_labels.server
inner join calendar on filled.timestamp::date = calendar.calendar_day

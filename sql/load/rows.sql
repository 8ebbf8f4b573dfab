-- A bucket's rows, with the servers' labels and the calendar.
-- Reads: filled, server_labels, calendar.
with timed as (
    select
        * exclude (place),
        make_timestamp(place) as timestamp
    from filled
)

select
    timed.* exclude (server) replace (
        coalesce("{count}", 0) as "{count}",
        timed.timestamp as timestamp
    ),
    server_labels.* exclude (server),
    calendar.* exclude (calendar_day)
from timed
inner join server_labels on timed.server = server_labels.server
inner join calendar on timed.timestamp::date = calendar.calendar_day

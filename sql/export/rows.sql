-- One run of servers over a stretch of time, in order.
-- Parameters: first, last (server ids), start, stop (timestamps). Reads: wanted.
with run as (
    select *
    from wanted
    where sort_server between $first and $last and sort_timestamp >= $start and sort_timestamp < $stop
)

select * exclude (sort_server, sort_timestamp)
from run
order by sort_server, sort_timestamp

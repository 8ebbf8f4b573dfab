-- The metrics of some servers, with the number of each row's step from the start of a window.
-- Parameters: first, last (servers), start, stop (timestamps; the stop is no longer in it), minutes (in a step).
-- Reads: panel.
select
    date_diff('minute', $start::timestamp, timestamp) // $minutes as step,
    "{column}"::double as "{column}",
    server_id
from panel
where server_id between $first and $last and timestamp >= $start and timestamp < $stop

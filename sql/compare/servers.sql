-- The servers that have rows in a window.
-- Parameters: start, stop (timestamps; the stop is no longer in it). Reads: panel.
select distinct server_id
from panel
where timestamp >= $start and timestamp < $stop
order by server_id

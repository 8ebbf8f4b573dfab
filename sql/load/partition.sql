-- The rows of one file, in their order.
-- Parameters: year, server_type.
-- Reads: panel_rows.
select * exclude (server_type, year)
from panel_rows
where year = $year and server_type = $server_type
order by server_id, timestamp

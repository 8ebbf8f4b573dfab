-- One row a server: its type, its first and last step.
-- Reads: panel_rows.
select
    server_id,
    min(server_type) as server_type,
    min(timestamp) as first_timestamp,
    max(timestamp) as last_timestamp,
    count(*) as steps
from panel_rows
group by server_id
order by server_id

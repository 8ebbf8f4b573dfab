-- Steps without any value, by time: how many servers have none.
-- Reads: panel_rows.
select
    timestamp,
    count(*) as servers
from panel_rows
where
    "{column}" is null and
    true
group by timestamp

-- One row a server and step, with its metrics as columns, where samples are kept as they are.
-- Parameters: metrics (their numbers, by name).
-- Reads: joined.
select
    server,
    max(value) filter (metric = $metrics['{metric}']) as "{metric}",
    place
from joined
group by server, place

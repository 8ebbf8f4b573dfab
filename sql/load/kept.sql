-- One row a server and step, with its metrics as columns, where samples are kept as they are.
-- Reads: joined.
select
    server,
    max(value) filter (metric = '{metric}') as "{metric}",
    place
from joined
group by server, place

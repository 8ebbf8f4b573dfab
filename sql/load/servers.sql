-- The servers, with the files that they stand in.
-- Reads: staged.
select distinct
    server,
    (ordinal >> 40)::bigint as file
from staged
where fault < 5
order by server, file

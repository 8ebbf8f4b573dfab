-- The servers, with the files that they stand in.
-- Reads: staged, servers (server, name).
with found as (
    select distinct
        server,
        (ordinal >> 40)::bigint as file
    from staged
    where fault < 5
)

select
    servers.name as server,
    found.server as number,
    found.file
from found
inner join servers on found.server = servers.server
order by servers.name, found.file

-- Pairs of servers that may have one series, at the same or at another time. The signature of a server is the smallest
-- hashes of three rows in succession, which do not depend on when they are; servers that share many of them are named
-- with the distance in time. Rows are compared with the ones before as they stream by, which needs no memory. A hash
-- that many servers have is compared with the first of them only, so that there are no more pairs than servers.
-- Parameters: metrics (columns), size (of a signature), least (of them to share). Reads: panel.
with cells as (
    select
        server_id,
        timestamp,
        hash(*columns($metrics)) as cell
    from panel
),

successions as (
    select
        server_id,
        timestamp,
        cell,
        lag(server_id, 2) over () as server_before,
        lag(cell) over () as cell_before,
        lag(cell, 2) over () as cell_earlier
    from cells
),

signatures as (
    select
        server_id,
        unnest(
            min({'code': hash(cell, cell_before, cell_earlier), 'moment': timestamp}, $size),
            recursive := true
        )
    from successions
    where server_id = server_before and cell <> cell_before and cell_before <> cell_earlier
    group by server_id
),

firsts as (
    select
        code,
        min(server_id) as first_server,
        arg_min(moment, (server_id, moment)) as first_moment
    from signatures
    group by code
    having count(distinct server_id) > 1
),

shared as (
    select
        firsts.first_server,
        signatures.server_id,
        date_diff('minute', firsts.first_moment, signatures.moment) as minutes,
        count(*) as codes
    from signatures
    inner join firsts on signatures.code = firsts.code
    where signatures.server_id <> firsts.first_server
    group by all
),

pairs as (
    select
        server_id,
        arg_max((first_server, minutes), (codes, -abs(minutes))) as best
    from shared
    where codes >= $least
    group by server_id
)

select
    best[1] as first_server,
    server_id,
    best[2] as minutes
from pairs
order by server_id

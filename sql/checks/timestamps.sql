-- What is wrong with the timestamps of a few servers: which are there more than once, which steps are missing between
-- the first and the last, and which lie between steps. The caller bounds how many servers, and with them the memory.
-- Parameters: step_minutes. Reads: panel, suspects (server_id, first_timestamp, last_timestamp).
with wanted as (
    select
        server_id,
        unnest(generate_series(first_timestamp, last_timestamp, to_minutes($step_minutes))) as timestamp
    from suspects
),

found as (
    select
        panel.server_id,
        panel.timestamp,
        count(*) as copies
    from panel
    inner join suspects on panel.server_id = suspects.server_id
    group by panel.server_id, panel.timestamp
),

compared as (
    select
        coalesce(wanted.server_id, found.server_id) as server_id,
        coalesce(wanted.timestamp, found.timestamp) as timestamp,
        coalesce(found.copies, 0) as copies,
        wanted.timestamp is not null as is_wanted
    from wanted
    full join found on wanted.server_id = found.server_id and wanted.timestamp = found.timestamp
),

grid as (
    select
        server_id,
        coalesce(sum(copies - 1) filter (copies > 1), 0)::bigint as repeated,
        min(timestamp) filter (copies > 1) as first_repeated,
        count(*) filter (copies = 0) as missing,
        min(timestamp) filter (copies = 0) as first_missing,
        count(*) filter (not is_wanted) as strange
    from compared
    group by server_id
    order by server_id
)

select * from grid

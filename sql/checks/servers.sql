-- One row a server, so that memory grows with servers and not with rows. Whether a server has every timestamp of
-- the calendar once is told by its number of rows and the exact sum of a 64-bit hash of its timestamps: a missing
-- or repeated one changes the count or the sum.
-- Parameters: first_timestamp, last_timestamp, step_minutes. Reads: panel.
with calendar as (
    select unnest(generate_series($first_timestamp, $last_timestamp, to_minutes($step_minutes))) as timestamp
),

expected as (
    select
        count(*) as timestamps,
        sum(hash(timestamp)) as fingerprint
    from calendar
),

found as (
    select
        server_id,
        count(*) as timestamps,
        sum(hash(timestamp)) as fingerprint,
        min(server_type) as first_type,
        max(server_type) as last_type
    from panel
    group by server_id
),

servers as (
    select
        found.server_id,
        found.first_type,
        found.last_type,
        found.timestamps,
        (found.timestamps, found.fingerprint) is distinct from (expected.timestamps, expected.fingerprint) as differs
    from found
    cross join expected
    order by found.server_id
)

select * from servers

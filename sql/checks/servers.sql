-- One row a server, so that memory grows with servers and not with rows. Whether a server has every timestamp of
-- the calendar once is told by its number of rows and the exact sum of a 64-bit hash of its timestamps: a missing
-- or repeated one changes the count or the sum. Of each label, the first and the last in order of the alphabet: they
-- are the same where it does not change.
-- Parameters: labels (server_id among them), first_timestamp, last_timestamp, step_minutes. Reads: panel.
with calendar as (
    select unnest(generate_series($first_timestamp, $last_timestamp, to_minutes($step_minutes))) as timestamp
),

expected as (
    select
        count(*) as timestamps,
        sum(hash(timestamp)) as fingerprint
    from calendar
),

-- Few: to compare labels row by row would take most of the time.
labelled as (
    select
        columns($labels),
        count(*) as timestamps,
        sum(hash(timestamp)) as fingerprint
    from panel
    group by all
),

found as (
    select
        min(columns($labels)) as "\0.first",
        max(columns($labels)) as "\0.last",
        sum(case when columns($labels) is null then timestamps else 0 end)::bigint as "\0.missing",
        server_id,
        sum(timestamps)::bigint as timestamps,
        sum(fingerprint) as fingerprint
    from labelled
    group by server_id
),

servers as (
    select
        found.* exclude (fingerprint),
        ((found.timestamps, found.fingerprint) is distinct from (expected.timestamps, expected.fingerprint)) as differs
    from found
    cross join expected
    order by found.server_id
)

select * from servers

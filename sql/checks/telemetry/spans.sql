-- One row a server: its first and last timestamp, its number of rows, and whether it has every step between the two
-- once. That is told by the number of rows and the exact sum of a 64-bit hash of the timestamps. Of each label, the
-- first and the last in order of the alphabet: they are the same where it does not change.
-- Parameters: labels (server_id among them), step_minutes. Reads: panel.
with labelled as (
    select
        columns($labels),
        count(*) as timestamps,
        sum(hash(timestamp)) as fingerprint,
        min(timestamp) as first_timestamp,
        max(timestamp) as last_timestamp
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
        sum(fingerprint) as fingerprint,
        min(first_timestamp) as first_timestamp,
        max(last_timestamp) as last_timestamp
    from labelled
    group by server_id
),

counted as (
    select
        *,
        date_diff('minute', first_timestamp, last_timestamp) // $step_minutes + 1 as steps
    from found
),

-- Where the number of rows is wrong, the sum need not be known.
spans as (
    select distinct
        first_timestamp,
        last_timestamp
    from counted
    where timestamps = steps
),

calendars as (
    select
        first_timestamp,
        last_timestamp,
        unnest(generate_series(first_timestamp, last_timestamp, to_minutes($step_minutes))) as timestamp
    from spans
),

expected as (
    select
        first_timestamp,
        last_timestamp,
        sum(hash(timestamp)) as fingerprint
    from calendars
    group by first_timestamp, last_timestamp
),

servers as (
    select
        counted.* exclude (fingerprint),
        (
            counted.timestamps <> counted.steps or counted.fingerprint is distinct from expected.fingerprint
        ) as differs
    from counted
    left join expected
        on counted.first_timestamp = expected.first_timestamp and counted.last_timestamp = expected.last_timestamp
    order by counted.server_id
)

select * from servers

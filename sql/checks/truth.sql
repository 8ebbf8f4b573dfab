-- How many labels contradict each other, or name an event that does not touch their cell.
-- Reads: panel, touched (server_id, event, first_timestamp, stop_timestamp).
with named as (
    select
        server_id,
        timestamp,
        unnest(string_split(event_id, '+')) as event
    from panel
    where event_id is not null
),

outside as (
    select named.event
    from named
    anti join touched
        on
            named.server_id = touched.server_id
            and named.event = touched.event
            and named.timestamp >= touched.first_timestamp
            and named.timestamp < touched.stop_timestamp
),

labels as (
    select
        count(*) as cells,
        count(*) filter ((is_outlier = 1) <> (outlier_metrics is not null)) as contradicting,
        (select count(*) from named) as in_events,
        (select count(*) from outside) as outside_events
    from panel
)

select * from labels

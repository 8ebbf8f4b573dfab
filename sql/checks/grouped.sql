-- The servers that are looked at, each in its group, without the cells that take part in an event. Joins that keep
-- nothing in memory but their right side, so that it does not grow with the rows; and the ids of the servers reach
-- the reader of the files, which skips row groups without them.
-- Reads: panel, groups, event_spans.
with grouped as (
    select
        panel.*,
        groups."group" as "panel.group"
    from panel
    inner join groups on panel.server_id = groups.server_id
    anti join event_spans
        on
            panel.server_id = event_spans.server_id
            and panel.timestamp >= event_spans.first_timestamp
            and panel.timestamp < event_spans.stop_timestamp
)

select * from grouped

-- The servers that are looked at, each in its group: only the cells that take part in an event.
-- Reads: panel, groups, event_spans.
with event_rows as (
    select
        panel.*,
        groups."group" as "panel.group"
    from panel
    inner join groups on panel.server_id = groups.server_id
    semi join event_spans
        on
            panel.server_id = event_spans.server_id
            and panel.timestamp >= event_spans.first_timestamp
            and panel.timestamp < event_spans.stop_timestamp
)

select * from event_rows

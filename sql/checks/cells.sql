-- Some columns of the cells of some servers, with the positions of server and step. What lies off the time axis, or
-- between its steps, other rules find.
-- Parameters: columns, first_timestamp, last_timestamp, step_minutes. Reads: panel, looked_at (server_id, position).
with cells as (
    select
        columns($columns),
        looked_at.position as "panel.server",
        date_diff('minute', $first_timestamp::timestamp, panel.timestamp) // $step_minutes as "panel.step"
    from panel
    inner join looked_at on panel.server_id = looked_at.server_id
    where
        panel.timestamp between $first_timestamp and $last_timestamp
        and panel.timestamp = time_bucket(to_minutes($step_minutes), panel.timestamp)
)

select * from cells

-- Some columns of some servers. Reads: panel, faulty_ids (server_id).
-- Repeats: column.
with rows as (
    select
        panel."{column}",
        panel.server_id,
        panel.timestamp
    from panel
    semi join faulty_ids on panel.server_id = faulty_ids.server_id
)

select * from rows

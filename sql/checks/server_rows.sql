-- Some columns of some servers.
-- Parameters: columns (server_id and timestamp among them). Reads: panel, faulty_ids (server_id).
with rows as (
    select columns($columns)
    from panel
    semi join faulty_ids on panel.server_id = faulty_ids.server_id
)

select * from rows

-- The rows of the servers that are remade. Reads: panel, remade_ids (server_id).
with rows_to_remade as (
    select panel.* from panel
    semi join remade_ids on panel.server_id = remade_ids.server_id
)

select * from rows_to_remade

-- The labels of servers that a table has, as often as its rows say them.
-- Reads: table_rows.
with cells as (
    select
        server,
        unnest([
            struct_pack(label := '{label}', value := "{label}.label"),
            null
        ]) as cell
    from table_rows
)

select
    server,
    cell.label,
    cell.value
from cells
where cell is not null

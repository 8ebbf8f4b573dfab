-- The readings of a table that has a column for each metric; its id is null in files without that column.
-- Reads: table_rows.
with cells as (
    select
        file,
        position,
        server,
        moment,
        time,
        unnest([
            {'id': "{key}.id", 'device': "{key}.device", 'value': "{key}.value", 'text': "{key}.text", 'n': "{key}.n"},
            null
        ]) as cell
    from table_rows
)

select
    file,
    position,
    server,
    cell.id as series,
    cell.device,
    moment,
    cell.value,
    if(moment is null, time, cell.text) as reading,
    cell.n as samples
from cells
where cell.id is not null

-- The cells with values: where they stand, with the labels of their rows, as a number and what follows it (? where
-- there is no number).
-- Reads: grafana_rows, grafana_layouts (filename, time_column, time_name, label_columns, value_columns, decimal).
with cells as (
    select
        rows.filename,
        rows.position,
        rows.fields[layouts.time_column] as stamp,
        array_to_string(
            list_transform(list_select(rows.fields, layouts.label_columns), lambda label: coalesce(label, '')),
            chr(30)
        ) as labels,
        layouts.decimal,
        unnest(layouts.value_columns) as column_number,
        unnest(list_select(rows.fields, layouts.value_columns)) as cell
    from grafana_rows as rows
    inner join grafana_layouts as layouts on rows.filename = layouts.filename
    where rows.fields[layouts.time_column] is distinct from layouts.time_name
),

numbers as (
    select
        *,
        regexp_extract(
            cell,
            '^([+-]?(?:[0-9][0-9.,\x{a0}\x{202f} '']*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?)[\s\x{a0}\x{202f}]*(.*)$',
            ['number', 'suffix']
        ) as part
    from cells
    where coalesce(cell, '') != ''
),

plain as (
    select
        * exclude (part),
        if(part.number = '', '?', part.suffix) as suffix,
        regexp_replace(part.number, '[\x{a0}\x{202f} '']', '', 'g') as number
    from numbers
)

select
    filename,
    position,
    stamp,
    column_number,
    labels,
    suffix,
    case
        when cell in ('undefined', 'null', 'No data', '-') then ''
        when number = '' then cell
        when decimal = ',' then replace(replace(number, '.', ''), ',', '.')
        else replace(number, ',', '')
    end as reading
from plain

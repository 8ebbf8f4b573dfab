-- What the columns hold, by file and column: how many values, numbers, and numbers that only one decimal sign allows.
-- Reads: grafana_rows.
with cells as (
    select
        filename,
        generate_subscripts(fields, 1) as column_number,
        unnest(fields) as cell
    from grafana_rows
),

numbers as (
    select
        filename,
        column_number,
        cell,
        regexp_replace(
            regexp_extract(
                cell, '^([+-]?(?:[0-9][0-9.,\x{a0}\x{202f} '']*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?)', 1
            ),
            '[\x{a0}\x{202f} '']', '', 'g'
        ) as number
    from cells
    where coalesce(cell, '') not in ('', 'undefined', 'null', 'NaN', 'No data', '-')
)

select
    filename,
    column_number,
    count(*) as present,
    count(*) filter (where number != '' and len(cell) - len(number) < 9) as numeric,
    count(*) filter (where regexp_matches(number, ',[0-9]{1,2}$|,[0-9]{4,}$|[.][0-9]{3}.*,')) as comma_decimals,
    count(*) filter (where regexp_matches(number, '[.][0-9]{1,2}$|[.][0-9]{4,}$|,[0-9]{3}.*[.]')) as point_decimals,
    count(*) filter (where contains(number, ',')) as commas
from numbers
group by all
order by all

-- The readings of a table that has one column for the metrics' names and one for their values.
-- A metric may have a column of its own for its values (own), its devices (device), or the number of samples (samples),
-- and a condition: what other columns must be (where).
-- Reads: table_rows, names (name, key, condition).
with named as (
    select
        table_rows.*,
        names.key,
        names.condition
    from table_rows
    inner join names on table_rows.name = names.name
)

select
    file,
    position,
    server,
    key as series,
    case key
        when '' then null
        when '{device}' then "{device}.device"
    end as device,
    moment,
    case key
        when '' then null
        when '{own}' then "{own}.value"
        else value
    end as value,
    case
        when moment is null then time
        when key = '' then null
        when key = '{own}' then "{own}.text"
        else text
    end as reading,
    case key
        when '' then null
        when '{samples}' then "{samples}.n"
    end::bigint as samples
from named
where
    (key <> '{where}' or "{where}.where" = condition) and
    true

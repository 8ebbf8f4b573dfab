-- The samples of sadf -d: a series is a host, an activity (by its first column), a column, and a device or a CPU.
-- Reads: sadf_rows.
with cells as (
    select
        filename,
        position,
        host,
        stamp,
        columns[1] as activity,
        if(has_item, readings[1], '') as item,
        unnest(if(has_item, columns[2:], columns)) as column_name,
        unnest(if(has_item, readings[2:], readings)) as reading
    from sadf_rows
    where period not in ('-1', '0') and not contains(columns[-1], '*')
)

select
    filename,
    position,
    concat_ws(chr(31), host, activity, column_name, item) as id,
    case
        when regexp_full_match(stamp, '[0-9]{1,10}') then make_timestamp(cast(stamp as bigint) * 1000000)
        else try_strptime(left(stamp, 19), '%Y-%m-%d %H:%M:%S')
    end as moment,
    reading
from cells

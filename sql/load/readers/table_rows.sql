-- The rows of a table with their server and their moment.
-- A text that says how far from UTC it is, where others do not, is no time: DuckDB would not heed what it says.
-- Parameters: clock (how time is written: typed, iso, offset, format, number, or origin for a number of steps), format
-- (of a text), factor (microseconds in a number), origin (the first time), servers (of each file, or null).
-- Reads: table_columns.
with counted as (
    select
        *,
        case
            when $clock in ('number', 'origin')
                then try_cast(round(try_cast(time as double) * $factor) as bigint)
        end as microseconds
    from table_columns
)

select
    counted.* exclude (server, time, microseconds),
    coalesce(counted.server, cast($servers as varchar[])[counted.file + 1]) as server,
    case $clock
        when 'typed' then try_cast(counted.time as timestamp)
        when 'iso'
            then if(
                strlen(counted.time::varchar) > 19
                and regexp_matches(counted.time::varchar, '([A-Za-z]|[+-][0-9:]+)$'),
                null, try_cast(counted.time::varchar as timestamp)
            )
        when 'offset' then timezone('UTC', try_cast(counted.time as timestamptz))
        when 'format' then try_strptime(counted.time::varchar, $format)
        when 'number' then make_timestamp(counted.microseconds)
        else $origin::timestamp + to_microseconds(counted.microseconds)
    end as moment,
    counted.time::varchar as time
from counted

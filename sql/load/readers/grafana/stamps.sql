-- The forms of the stamps, by file: numbers, texts that say their zone, headers again, days and months.
-- Reads: grafana_rows, grafana_times (filename, time_column, time_name).
with stamps as (
    select
        rows.filename,
        rows.fields[times.time_column] as stamp,
        coalesce(rows.fields[times.time_column] = times.time_name, false) as is_header
    from grafana_rows as rows
    inner join grafana_times as times on rows.filename = times.filename
),

parts as (
    select
        filename,
        stamp,
        is_header,
        regexp_extract(stamp, '^([0-9]{1,2})([./-])([0-9]{1,2})[./-][0-9]{4}', ['first', 'sign', 'second']) as day
    from stamps
)

select
    filename,
    count(*) filter (where not is_header) as total,
    count(*) filter (where regexp_full_match(stamp, '[0-9]{9,16}([.][0-9]+)?')) as numbers,
    count(*) filter (where regexp_matches(stamp, '[0-9]([Zz]|[+-][0-9]{2}:?[0-9]{2})$') and stamp[5] = '-') as zoned,
    count(*) filter (where is_header) as headers,
    count(*) filter (where day.sign != '') as with_day,
    count(*) filter (where day.sign = '.') as with_points,
    count(*) filter (where regexp_matches(stamp, '[AaPp][Mm]$')) as with_halves,
    coalesce(max(try_cast(day.first as integer)), 0) as largest_first,
    coalesce(max(try_cast(day.second as integer)), 0) as largest_second
from parts
group by filename
order by filename

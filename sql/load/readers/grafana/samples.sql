-- The samples of the panel inspector.
-- Parameters: format (of stamps, or null), unit (auto, s, ms, us or ns; by its size: 10 digits are seconds).
-- Reads: grafana_cells, grafana_layouts (filename, day_first).
with stamped as (
    select
        cells.*,
        try_cast(cells.stamp as double) as number,
        regexp_replace(
            cells.stamp,
            '^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4}),?',
            if(layouts.day_first, '\3-\2-\1', '\3-\1-\2')
        ) as text
    from grafana_cells as cells
    inner join grafana_layouts as layouts on cells.filename = layouts.filename
),

moments as (
    select
        *,
        case
            when number is null then null
            when $unit = 's' or ($unit = 'auto' and number < 1e11) then number * 1e6
            when $unit = 'ms' or ($unit = 'auto' and number < 1e14) then number * 1e3
            when $unit = 'ns' then number / 1e3
            else number
        end as microseconds
    from stamped
)

select
    filename,
    position,
    concat_ws(chr(31), filename, column_number, labels, suffix) as id,
    case
        when $format is not null then try_strptime(stamp, $format)
        when microseconds between 0 and 4102444800e6 then make_timestamp(cast(round(microseconds) as bigint))
        when number is not null then null
        when regexp_matches(text, '([Zz]|[+-][0-9]{2}:?[0-9]{2})$')
            then make_timestamp(epoch_us(try_cast(text as timestamptz)))
        when regexp_matches(text, '[AaPp][Mm]$')
            then try_strptime(text, ['%Y-%m-%d %I:%M:%S %p', '%Y-%m-%d %I:%M %p'])
        else coalesce(
            try_cast(text as timestamp), try_strptime(text, ['%Y/%m/%d %H:%M:%S', '%Y/%m/%d %H:%M'])
        )
    end as moment,
    reading
from moments

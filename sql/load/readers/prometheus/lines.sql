-- The samples in lines of text, one each: the series, the value and the stamp, with a space between.
-- Parameters: files, unit (auto, s or ms: seconds are below 1e11, milliseconds above). Reads: the files.
with lines as (
    select
        filename,
        row_number() over () as position,
        line,
        string_split(line, ' ') as words
    from read_csv(
        $files,
        sep = E'\x01',
        quote = '',
        escape = '',
        header = false,
        auto_detect = false,
        columns = {'line': 'VARCHAR'},
        max_line_size = 1048576,
        filename = true
    )
),

parts as (
    select
        filename,
        position,
        left(line, greatest(len(line) - len(words[-1]) - len(words[-2]) - 2, 0)) as id,
        words[-2] as reading,
        try_cast(words[-1] as double) as stamp
    from lines
    where not starts_with(line, '#') and line != ''
)

select
    filename,
    position,
    id,
    case
        when stamp not between 0 and 4102444800e3 then null
        when $unit = 'ms' or ($unit = 'auto' and stamp >= 1e11) then make_timestamp(cast(round(stamp * 1e3) as bigint))
        when stamp <= 4102444800 then make_timestamp(cast(round(stamp * 1e6) as bigint))
    end as moment,
    coalesce(reading, '') as reading
from parts

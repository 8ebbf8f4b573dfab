-- The lines of sadf -d in words, each with the position of the header above it. Nothing is sorted: it streams.
-- Parameters: files. Reads: the files.
with lines as (
    select
        filename,
        row_number() over () as position,
        line
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
)

select
    filename,
    position,
    starts_with(line, '#') as is_header,
    string_split(ltrim(line, '# '), ';') as words,
    max(if(starts_with(line, '#'), position, null))
        over (rows between unbounded preceding and current row) as header_position  -- noqa: PRS
from lines
where line != ''

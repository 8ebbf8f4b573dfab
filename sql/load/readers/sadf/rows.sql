-- The rows of sadf -d below their headers: samples, and rows of restarts and comments, with an interval of -1.
-- Reads: sadf_lines, sadf_headers.
select
    lines.filename,
    lines.position,
    lines.words[1] as host,
    lines.words[2] as period,
    lines.words[3] as stamp,
    lines.words[4:] as readings,
    headers.columns,
    headers.has_item
from sadf_lines as lines
inner join sadf_headers as headers
    on lines.header_position = headers.header_position and lines.filename = headers.filename
where not lines.is_header

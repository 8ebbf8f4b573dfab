-- The headers of sadf -d, one for each activity and restart.
-- Reads: sadf_lines.
select
    filename,
    position as header_position,
    words[4:] as columns,
    regexp_full_match(words[4], '[A-Z]+') as has_item
from sadf_lines
where is_header

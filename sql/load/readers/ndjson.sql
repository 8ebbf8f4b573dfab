-- The objects of NDJSON files, with the position of each one's file in `files`.
-- Parameters: files (structs, whose paths are never patterns).
select
    *,
    file_index
from read_json($files, format = 'newline_delimited', records = true, union_by_name = true)

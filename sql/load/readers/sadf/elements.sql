-- The statistics of sadf -j, one a time stamp.
-- Parameters: files, largest. Reads: the files.
select
    filename,
    row_number() over () as position,
    json ->> '$.timestamp.date' as day,
    json ->> '$.timestamp.time' as clock,
    json ->> '$.timestamp.utc' as utc,
    json ->> '$.timestamp.interval' as period,
    json
from read_json(
    $files,
    format = 'array',
    records = false,
    columns = {'json': 'JSON'},
    maximum_object_size = $largest,
    filename = true
)

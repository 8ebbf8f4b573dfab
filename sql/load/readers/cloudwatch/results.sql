-- The results of get-metric-data, a metric each, with stamps and values side by side.
-- Parameters: files, largest. Reads: the files.
select
    filename,
    sum(len(results.timestamps)) over (rows between unbounded preceding and current row)  -- noqa: PRS
    - len(results.timestamps) as before,
    coalesce(results.id, '') as result,
    coalesce(results.label, '') as label,
    coalesce(results.statuscode, '') as status,
    coalesce(cast(results.messages as varchar), '') as messages,
    results.timestamps as stamps,
    results.values as readings
from read_json(
    $files,
    format = 'array',
    columns = {
        'Id': 'VARCHAR',
        'Label': 'VARCHAR',
        'StatusCode': 'VARCHAR',
        'Messages': 'JSON',
        'Timestamps': 'VARCHAR[]',
        'Values': 'VARCHAR[]'
    },
    maximum_object_size = $largest,
    filename = true
) as results

-- The series in lists of them, with what their elements hold. A series without a name has that of its file.
-- Parameters: files, largest. Reads: the files.
select
    if(lists.metric.__name__ is null, parse_filename(filename, true), '')
    || coalesce(cast(lists.metric as varchar), '{}') as id,
    filename,
    count(*) as elements,
    count(lists.values) as with_values,
    count(lists.value) as with_value,
    count(histograms) as with_histograms,
    coalesce(sum(json_array_length(lists.values)), 0) as samples
from
    read_json(
        $files,
        format = 'array',
        columns = {'metric': 'JSON', 'values': 'JSON', 'value': 'JSON', 'histograms': 'JSON'},
        maximum_object_size = $largest,
        filename = true
    ) as lists
group by all
order by all

-- The samples in lists of series, as query_range answers and as clients save them. A series without a name has that of
-- its file.
-- Parameters: files, unit (s or ms), largest. Reads: the files.
with elements as (
    select
        filename,
        sum(len(lists.values)) over (rows between unbounded preceding and current row)  -- noqa: PRS
        - len(lists.values) as before,
        if(lists.metric.__name__ is null, parse_filename(filename, true), '')
        || coalesce(cast(lists.metric as varchar), '{}') as id,
        lists.values as pairs
    from read_json(
        $files,
        format = 'array',
        columns = {'metric': 'JSON', 'values': 'VARCHAR[][]'},
        maximum_object_size = $largest,
        filename = true
    ) as lists
),

samples as (
    select
        filename,
        before,
        id,
        generate_subscripts(pairs, 1) as pair,
        unnest(pairs) as sample
    from elements
),

stamped as (
    select
        filename,
        id,
        before + pair as position,
        try_cast(sample[1] as double) * if($unit = 'ms', 1e3, 1e6) as microseconds,
        coalesce(sample[2], '') as reading
    from samples
)

select
    filename,
    position,
    id,
    case
        when microseconds between 0 and 4102444800e6 then make_timestamp(cast(round(microseconds) as bigint))
    end as moment,
    reading
from stamped

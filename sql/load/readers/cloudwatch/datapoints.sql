-- The samples in lists of data points, as get-metric-statistics answers: a statistic each, in no order.
-- Parameters: files, largest. Reads: the files.
with answers as (
    select
        filename,
        row_number() over () as position,
        points.timestamp as stamp,
        coalesce(points.unit, '') as unit,
        list_concat(
            [
                {'key': 'Average', 'value': points.average},
                {'key': 'Maximum', 'value': points.maximum},
                {'key': 'Minimum', 'value': points.minimum},
                {'key': 'Sum', 'value': points.sum},
                {'key': 'SampleCount', 'value': points.samplecount}
            ],
            map_entries(points.extendedstatistics)
        ) as statistics
    from read_json(
        $files,
        format = 'array',
        columns = {
            'Timestamp': 'VARCHAR',
            'Unit': 'VARCHAR',
            'Average': 'VARCHAR',
            'Maximum': 'VARCHAR',
            'Minimum': 'VARCHAR',
            'Sum': 'VARCHAR',
            'SampleCount': 'VARCHAR',
            'ExtendedStatistics': 'MAP(VARCHAR, VARCHAR)'
        },
        maximum_object_size = $largest,
        filename = true
    ) as points
),

samples as (
    select
        filename,
        position,
        stamp,
        unit,
        unnest(statistics) as statistic
    from answers
)

select
    filename,
    position,
    concat_ws(chr(31), filename, unit, statistic.key) as id,
    case
        when regexp_full_match(stamp, '[0-9]{1,10}([.][0-9]+)?')
            then make_timestamp(cast(round(cast(stamp as double) * 1e6) as bigint))
        when regexp_matches(stamp, '([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$')
            then make_timestamp(epoch_us(try_cast(stamp as timestamptz)))
        else try_cast(stamp as timestamp)
    end as moment,
    statistic.value as reading
from samples
where statistic.value is not null

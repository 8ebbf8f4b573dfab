-- The samples of get-metric-data.
-- Reads: cloudwatch_results.
with samples as (
    select
        filename,
        before + generate_subscripts(stamps, 1) as position,
        concat_ws(chr(31), filename, result, label) as id,
        unnest(stamps) as stamp,
        unnest(readings) as reading
    from cloudwatch_results
)

select
    filename,
    position,
    id,
    case
        when regexp_full_match(stamp, '[0-9]{1,10}([.][0-9]+)?')
            then make_timestamp(cast(round(cast(stamp as double) * 1e6) as bigint))
        when regexp_matches(stamp, '([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$')
            then make_timestamp(epoch_us(try_cast(stamp as timestamptz)))
        else try_cast(stamp as timestamp)
    end as moment,
    reading
from samples

-- The readings of series with roles: a sample's text as a number, and its file's server where the series has none.
-- Reads: samples (filename, position, id, moment, reading), roles (id, series, server, device, factor), parts
-- (filename, file, server).
with parsed as (
    select
        parts.file,
        samples.position,
        coalesce(roles.server, parts.server) as server,
        roles.series,
        roles.device,
        samples.moment,
        samples.reading,
        case
            when
                regexp_full_match(
                    samples.reading,
                    '[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?|[+-]?[Ii]nf(inity)?|[Nn]a[Nn]'
                )
                then try_cast(samples.reading as double) * coalesce(roles.factor, 1)
        end as value
    from samples
    inner join roles on samples.id = roles.id
    inner join parts on samples.filename = parts.filename
)

select
    cast(file as integer) as file,
    cast(position as bigint) as position,
    server,
    series,
    device,
    moment,
    value,
    case when value is null or moment is null then nullif(reading, '') end as reading
from parsed

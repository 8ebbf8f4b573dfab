-- One value for each series and place; of several, their mean or the last one.
-- The mean adds in the order of the values, so that the order of rows does not matter.
-- Parameters: duplicates (mean or last), counters (their numbers), which have rates instead.
-- Reads: ordered.
with several as (
    select
        metric,
        server,
        device,
        place,
        case
            when min(value) = max(value) then min(value)
            when $duplicates = 'last' then arg_max(value, (instant, ordinal))
            else list_sum(list(value order by value)) / count(value)
        end as value,
        max(samples) as samples
    from ordered
    where (is_repeat or is_repeated) and not list_contains($counters::integer[], metric)
    group by metric, server, device, place
)

select
    metric,
    server,
    device,
    place,
    value,
    samples
from ordered
where not is_repeat and not is_repeated and not list_contains($counters::integer[], metric)
union all
select * from several

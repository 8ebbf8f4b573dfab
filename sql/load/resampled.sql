-- One row a server and longer step, with its metrics as columns, and the number of samples behind each.
-- P95 is quantile_cont of raw samples. Means are weighed by the number of their samples where it is known, and added in
-- the order of time.
-- Parameters: period (microseconds), metrics (their numbers, by name).
-- Reads: joined.
with weighed as (
    select
        server,
        metric,
        place // $period * $period as period_start,
        place as sample_place,
        value,
        if(value is null, null, coalesce(samples, 1)) as weight
    from joined
)

select
    server,
    quantile_cont(value, 0.95) filter (metric = $metrics['{raw}']) as "{raw}_p95",
    coalesce(sum(weight) filter (metric = $metrics['{raw}']), 0)::integer as "{raw}_p95_samples",
    sum(value * weight order by sample_place) filter (metric = $metrics['{mean}'])
    / nullif(sum(weight) filter (metric = $metrics['{mean}']), 0) as "{mean}",
    coalesce(sum(weight) filter (metric = $metrics['{mean}']), 0)::integer as "{mean}_samples",
    max(value) filter (metric = $metrics['{max}']) as "{max}",
    coalesce(sum(weight) filter (metric = $metrics['{max}']), 0)::integer as "{max}_samples",
    min(value) filter (metric = $metrics['{min}']) as "{min}",
    coalesce(sum(weight) filter (metric = $metrics['{min}']), 0)::integer as "{min}_samples",
    period_start as place
from weighed
group by server, period_start

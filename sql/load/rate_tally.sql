-- What became of counters, by metric.
-- Reads: rates.
select
    metric,
    count(*) filter (is_reset) as resets,
    count(*) filter (is_after_gap) as after_gaps
from rates
group by metric
order by metric

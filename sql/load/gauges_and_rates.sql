-- The values of gauges, and the rates of counters.
-- Reads: single, rates.
select * from single
union all
select
    metric,
    server,
    device,
    place,
    value,
    null as samples
from rates

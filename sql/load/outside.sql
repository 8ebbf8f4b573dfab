-- Values outside of what their unit allows, by metric.
-- Reads: converted.
select
    metric,
    count(*) as outside,
    min(server) as example
from converted
where is_outside
group by metric
order by metric

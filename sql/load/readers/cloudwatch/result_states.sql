-- Which results are not complete, or hold stamps without values, by file.
-- Reads: cloudwatch_results.
select
    filename,
    status,
    max(messages) filter (where messages not in ('', '[]', 'null')) as message,
    count(*) as results,
    count(*) filter (where len(stamps) is distinct from len(readings)) as uneven
from cloudwatch_results
group by all
order by all

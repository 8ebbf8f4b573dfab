-- What kinds of rows the files have: samples, restarts, comments, intervals of no length, and rows that are cut off.
-- Reads: sadf_rows.
select
    filename,
    count(distinct host || ' ' || stamp) filter (where starts_with(readings[1], 'LINUX-RESTART')) as restarts,
    count(distinct host || ' ' || stamp) filter (where starts_with(readings[1], 'COM ')) as comments,
    count(*) filter (where period = '0') as of_no_length,
    count(*) filter (where contains(columns[-1], '*')) as of_matrices,
    count(*) filter (
        where len(readings) != len(columns) and period != '-1' and not contains(columns[-1], '*')
    ) as broken,
    count(*) filter (where ends_with(stamp, ' UTC') or regexp_full_match(stamp, '[0-9]+')) as in_utc,
    count(*) as total
from sadf_rows
group by filename
order by filename

-- The series in lines of text, with how many samples each has, and how many of these have a time.
-- Reads: line_samples (filename, position, id, moment, reading).
select
    id,
    filename,
    min(position) as first,
    count(moment) as stamped,
    count(reading) as valued,
    count(*) as samples
from line_samples
group by all
order by all

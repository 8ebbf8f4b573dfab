-- The readings of a table that has one column for the metrics' names and one for their values, and no more than that:
-- a series is a name. They come in the order of the rows, for want of a join.
-- Reads: table_rows.
select
    file,
    position,
    server,
    name as series,
    moment,
    value,
    if(moment is null, time, text) as reading
from table_rows

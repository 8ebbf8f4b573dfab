-- test: rows are counted from 0 for each server in each file
create table uncounted_columns as
select
    file,
    position,
    server,
    null::bigint as time
from (
    values (0, 1, 'a'), (0, 2, 'b'), (0, 3, 'a'), (0, 4, 'b'), (1, 5, 'a'), (1, 6, 'a'), (2, 7, null), (2, 8, null)
) as rows (file, position, server);

create table result as
select *
from (
    values
    (0, 1, 'a', 0), (0, 2, 'b', 0), (0, 3, 'a', 1), (0, 4, 'b', 1), (1, 5, 'a', 0), (1, 6, 'a', 1), (2, 7, null, 0),
    (2, 8, null, 1)
) as rows (file, position, server, time);

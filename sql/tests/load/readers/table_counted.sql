-- test: rows are counted from 0 in each file
create table uncounted_columns as
select
    file,
    position,
    null::bigint as time
from (values (0, 1), (0, 2), (1, 3), (1, 4)) as rows (file, position);

create table result as
select * from (values (0, 1, 0), (0, 2, 1), (1, 3, 0), (1, 4, 1)) as rows (file, position, time);

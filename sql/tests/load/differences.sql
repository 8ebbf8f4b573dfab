-- test: the most frequent difference comes first; several samples of one time have none
create table metrics as
select
    3 as metric,
    'cpu' as name;

create table bucket as
select
    3 as metric,
    'a' as server,
    null::varchar as device,
    timestamp '2024-01-01' + to_minutes(minute) as moment,
    0 as fault
from (values (3), (1), (0), (2), (2), (7)) as samples (minute);

create table result as
select * from (values ('cpu', 60000000, 3), ('cpu', 240000000, 1)) as rows (metric, difference, times);

-- test: a row a server and step, with a column a metric
create table repeats as
select * from (values ('cpu'), ('mem')) as rows (metric);

create table joined as
select
    'a' as server,
    metric,
    place,
    value
from (values ('cpu', 0, 1e0), ('mem', 0, null), ('mem', 5, 2e0)) as samples (metric, place, value);

create table result as
select * from (values ('a', 0, 1e0, null), ('a', 5, null, 2e0)) as rows (server, place, cpu, mem);

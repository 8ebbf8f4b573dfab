-- test: a row a server and step, with a column a metric
create table parameters as
select {'cpu': 7, 'mem': 8} as metrics;

create table repeats as
select * from (values ('cpu'), ('mem')) as rows (metric);

create table joined as
select
    'a' as server,
    metric,
    place,
    value
from (values (7, 0, 1e0), (8, 0, null), (8, 5, 2e0)) as samples (metric, place, value);

create table result as
select * from (values ('a', 0, 1e0, null), ('a', 5, null, 2e0)) as rows (server, place, cpu, mem);

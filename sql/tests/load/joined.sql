-- test: devices are joined; a sum of which a part is missing is not known
create table joins as
select * from (values ('disk', 'max'), ('net', 'sum'), ('cpu', 'mean')) as rows (metric, how);

create table converted as
select
    metric,
    'a' as server,
    0 as place,
    device,
    value,
    null::bigint as samples
from (
    values ('disk', '/', 1e0), ('disk', '/var', 3e0), ('net', 'eth0', 1e0), ('net', 'eth1', null), ('cpu', '0', 1e0),
    ('cpu', '1', 3e0), ('mem', null, 7e0)
) as samples (metric, device, value);

create table result as
select * from (values ('disk', 3e0), ('net', null), ('cpu', 2e0), ('mem', 7e0)) as rows (metric, value);

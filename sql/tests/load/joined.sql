-- test: devices are joined; a sum of which a part is missing is not known
create table joins as
select * from (values ('disk', 'max'), ('net', 'sum'), ('cpu', 'mean')) as rows (metric, how);

create table devices as
select * from (values (0, 'eth1'), (1, 'eth0'), (2, '/var'), (3, '/'), (4, '1'), (5, '0')) as rows (device, name);

create table converted as
select
    metric,
    'a' as server,
    0 as place,
    devices.device,
    value,
    null::bigint as samples
from (
    values ('disk', '/', 1e0), ('disk', '/var', 3e0), ('net', 'eth0', 1e0), ('net', 'eth1', null), ('cpu', '0', 1e0),
    ('cpu', '1', 3e0), ('mem', null, 7e0)
) as samples (metric, name, value)
left join devices on samples.name = devices.name;

create table result as
select * from (values ('disk', 3e0), ('net', null), ('cpu', 2e0), ('mem', 7e0)) as rows (metric, value);

-- test: values at the ends of the clip are counted among those that are present
create table parameters as
select
    ['cpu'] as metric,
    0e0 as low,
    100e0 as high;

create table panel as
select * from (
    values ('web', 0e0), ('web', 100e0), ('web', 50e0), ('web', 100e0), ('web', null), ('db', null)
) as rows (server_type, cpu);

create table result as
select * from (
    values ('web', 5, 4, 0e0, 100e0, 1, 2), ('db', 1, 0, null, null, null, null)
) as rows (server_type, cells, present, least, greatest, at_low, at_high);

-- test: how many values of a metric are outside of what its unit allows
create table metrics as
select * from (values (0, 'mem'), (1, 'cpu')) as rows (metric, name);

create table converted as
select * from (values (0, true), (0, true), (0, false), (0, null), (1, false)) as rows (metric, is_outside);

create table result as
select
    'mem' as metric,
    2 as outside;

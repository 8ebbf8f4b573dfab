-- test: means by weekday and hour, of each archetype and of the whole fleet
create table parameters as select false as by_month;

create table hour_sums as
select * from (
    values
    ('web', 'cpu', timestamp '2024-01-01 05:00', 1, 1e0),
    ('web', 'cpu', timestamp '2024-01-08 05:00', 1, 3e0),
    ('db', 'cpu', timestamp '2024-01-01 05:00', 2, 20e0)
) as rows (server_type, metric, hour, present, total);

create table result as
select * from (
    values ('web', 'cpu', 0, 5, 2e0), ('db', 'cpu', 0, 5, 10e0), ('', 'cpu', 0, 5, 6e0)
) as rows (server_type, metric, weekday, part, mean);

-- test: where rows are daily, the parts are months
create table parameters as select true as by_month;

create table hour_sums as
select
    'web' as server_type,
    'cpu' as metric,
    timestamp '2024-03-03' as hour,
    1 as present,
    4e0 as total;

create table result as
select * from (
    values ('web', 6, 3, 4e0), ('', 6, 3, 4e0)
) as rows (server_type, weekday, part, mean);

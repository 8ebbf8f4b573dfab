-- test: a mean is that of all values of its period; weeks that the window cuts are left out
create table parameters as
select
    'week' as unit,
    ['week'] as whole_units,
    date '2024-01-02' as first_day,
    date '2024-01-14' as last_day;

create table hour_sums as
select * from (
    values
    ('web', 'cpu', timestamp '2024-01-02 00:00', 1, 9e0),
    ('web', 'cpu', timestamp '2024-01-08 00:00', 1, 2e0),
    ('web', 'cpu', timestamp '2024-01-14 23:00', 3, 10e0)
) as rows (server_type, metric, hour, present, total);

create table result as
select
    'web' as server_type,
    'cpu' as metric,
    timestamp '2024-01-08' as moment,
    3e0 as mean;

-- test: months that the window cuts are left out where they are asked to be whole
create table parameters as
select
    'month' as unit,
    ['week', 'month'] as whole_units,
    date '2024-01-01' as first_day,
    date '2024-02-28' as last_day;

create table hour_sums as
select * from (
    values
    ('web', 'cpu', timestamp '2024-01-31 00:00', 1, 2e0),
    ('web', 'cpu', timestamp '2024-02-28 00:00', 1, 3e0)
) as rows (server_type, metric, hour, present, total);

create table result as
select
    timestamp '2024-01-01' as moment,
    2e0 as mean;

-- test: elsewhere a month stays, cut or not
create table parameters as
select
    'month' as unit,
    ['week'] as whole_units,
    date '2024-01-01' as first_day,
    date '2024-02-28' as last_day;

create table hour_sums as
select * from (
    values
    ('web', 'cpu', timestamp '2024-01-31 00:00', 1, 2e0),
    ('web', 'cpu', timestamp '2024-02-28 00:00', 1, 3e0)
) as rows (server_type, metric, hour, present, total);

create table result as
select * from (
    values (timestamp '2024-01-01', 2e0), (timestamp '2024-02-01', 3e0)
) as rows (moment, mean);

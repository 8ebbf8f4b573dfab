-- test: percentile, mean and maximum of a period, whole or not; a null does not count
create table repeats as
select * from (
    values ('processor', 'cpu', 'cpu', null), (null, null, null, 'region')
) as rows (key, raw, tail, label);

create table parameters as
select
    'a' as first,
    'b' as last,
    'day' as unit,
    2 as whole_steps;

create table panel as
select
    *,
    'Asia' as region,
    1 as month,
    1 as quarter,
    0 as dayofweek,
    0 as is_weekend,
    0 as is_eoq
from (
    values
    ('a', timestamp '2024-01-01 00:00', 0e0, 0),
    ('a', timestamp '2024-01-01 12:00', 100e0, 1),
    ('b', timestamp '2024-01-01 00:00', null, 0),
    ('c', timestamp '2024-01-01 00:00', 7e0, 0)
) as rows (server_id, timestamp, cpu, is_holiday);

create table result as
select * from (
    values
    (timestamp '2024-01-01', 'a', 95e0, 50e0, 100e0, 2, 0, 'Asia', 1),
    (timestamp '2024-01-01', 'b', null, null, null, 1, 1, 'Asia', 0)
) as rows (timestamp, server_id, cpu, processor_mean, processor_max, samples, is_partial, region, is_holiday);

-- test: of means the mean, of minima the least, of maxima the greatest
create table repeats as
select * from (
    values ('cpu_mean', null, null), (null, 'cpu_min', null), (null, null, 'cpu_max')
) as rows (mean, least, greatest);

create table parameters as
select
    'a' as first,
    'a' as last,
    'day' as unit,
    2 as whole_steps;

create table panel as
select
    *,
    1 as month,
    1 as quarter,
    0 as dayofweek,
    0 as is_weekend,
    0 as is_eoq,
    0 as is_holiday
from (
    values
    ('a', timestamp '2024-01-01 00:00', 10e0, 1e0, 90e0),
    ('a', timestamp '2024-01-01 12:00', 20e0, 2e0, 80e0)
) as rows (server_id, timestamp, cpu_mean, cpu_min, cpu_max);

create table result as
select * from (
    values ('a', 15e0, 1e0, 90e0, 2)
) as rows (server_id, cpu_mean, cpu_min, cpu_max, samples);

-- test: means count by the samples behind them; a step without a value counts for none
create table repeats as
select * from (
    values ('cpu_mean', 'cpu_mean_samples', null), (null, null, 'cpu_mean_samples')
) as rows (weighed, count, counted);

create table parameters as
select
    'a' as first,
    'a' as last,
    'day' as unit,
    3 as whole_steps;

create table panel as
select
    *,
    1 as month,
    1 as quarter,
    0 as dayofweek,
    0 as is_weekend,
    0 as is_eoq,
    0 as is_holiday
from (
    values
    ('a', timestamp '2024-01-01 00:00', 10e0, 30),
    ('a', timestamp '2024-01-01 08:00', 20e0, 10),
    ('a', timestamp '2024-01-01 16:00', null, 0)
) as rows (server_id, timestamp, cpu_mean, cpu_mean_samples);

create table result as
select * from (
    values ('a', 12.5e0, 40, 3)
) as rows (server_id, cpu_mean, cpu_mean_samples, samples);

-- test: the ids of all steps stand once each; the state is that of most steps, the first by name of several
create table repeats as
select * from (
    values (null, 'event_id', null), (null, null, 'state'), ('is_outlier', null, null)
) as rows (flag, ids, state);

create table parameters as
select
    'a' as first,
    'b' as last,
    'day' as unit,
    4 as whole_steps;

create table panel as
select
    *,
    1 as month,
    1 as quarter,
    0 as dayofweek,
    0 as is_weekend,
    0 as is_eoq,
    0 as is_holiday
from (
    values
    ('a', timestamp '2024-01-01 00:00', 'z+b', 'low', 0),
    ('a', timestamp '2024-01-01 06:00', null, 'high', 1),
    ('a', timestamp '2024-01-01 12:00', 'b', 'low', 0),
    ('a', timestamp '2024-01-01 18:00', null, 'high', 0),
    ('b', timestamp '2024-01-01 00:00', null, 'low', 0)
) as rows (server_id, timestamp, event_id, state, is_outlier);

create table result as
select * from (
    values ('a', 'b+z', 'high', 0.5e0, 1), ('b', null, 'low', 1e0, 0)
) as rows (server_id, event_id, state, state_share, is_outlier);

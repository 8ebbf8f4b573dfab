-- test: P95 of raw samples, means weighed by their samples, maxima of maxima
create table parameters as
select
    10 as period,
    {'cpu': 1, 'mem_mean': 2, 'mem_max': 3} as metrics;

create table repeats as
select * from (
    values ('cpu', null, null), (null, 'mem_mean', null), (null, null, 'mem_max')
) as rows (raw, mean, max);

create table joined as
select
    'a' as server,
    metric,
    place,
    value,
    samples
from (
    values (1, 0, 0e0, null), (1, 9, 100e0, null), (1, 10, 7e0, null), (1, 11, null, null),
    (2, 0, 10e0, 3), (2, 5, 30e0, 1), (3, 0, 11e0, null), (3, 5, 12e0, null)
) as samples (metric, place, value, samples);

create table result as
select * from (
    values (0, 95e0, 2, 15e0, 4, 12e0, 2), (10, 7e0, 1, null, 0, null, 0)
) as rows (place, cpu_p95, cpu_p95_samples, mem_mean, mem_mean_samples, mem_max, mem_max_samples);

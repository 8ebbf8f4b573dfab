-- test: how many samples a metric has by what is wrong with them, from when to when, and how large
create table metrics as
select * from (values (0, 'mem'), (1, 'cpu')) as rows (metric, name);

create table staged as
select
    metric,
    fault,
    value,
    timestamp '2024-01-01' + to_hours(hour) as moment,
    device,
    reading
from (
    values (0, 0, 5e0, 3, null, null), (0, 0, 7e0, 1, 2, null), (0, 3, null, 9, null, 'off'), (1, 0, 1e0, 0, null, null)
) as samples (metric, fault, value, hour, device, reading);

create table result as
select
    metric,
    fault,
    samples,
    least,
    greatest,
    timestamp '2024-01-01' + to_hours(first_hour) as first_moment,
    timestamp '2024-01-01' + to_hours(last_hour) as last_moment,
    with_device,
    example
from (
    values
    ('cpu', 0, 1, 1e0, 1e0, 0, 0, 0, null),
    ('mem', 0, 2, 5e0, 7e0, 1, 3, 1, null),
    ('mem', 3, 1, null, null, 9, 9, 0, 'off')
) as rows (metric, fault, samples, least, greatest, first_hour, last_hour, with_device, example);

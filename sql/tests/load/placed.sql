-- test: within a tenth of the step a sample is snapped; further from it, it is moved to the start of its step
create table parameters as
select
    60000000 as step,
    true as keep;

create table utc as
select
    'cpu' as metric,
    'a' as server,
    null::varchar as device,
    moment,
    1e0 as value,
    null::bigint as samples,
    ordinal,
    0 as kind_of_hour,
    0 as fault
from (
    values
    (timestamp '2024-01-01 00:00:57', 2),
    (timestamp '2024-01-01 00:01:30', 1),
    (timestamp '2024-01-01 00:02:00', 3),
    (timestamp '2024-01-01 00:02:00', 4)
) as samples (moment, ordinal);

create table result as
select
    ordinal,
    epoch_us(place) as place
from (
    values
    (2, timestamp '2024-01-01 00:01'),
    (1, timestamp '2024-01-01 00:01'),
    (3, timestamp '2024-01-01 00:02'),
    (4, timestamp '2024-01-01 00:02')
) as rows (ordinal, place);

-- test: or left between steps, where they are to be resampled
create table parameters as
select
    60000000 as step,
    false as keep;

create table utc as
select
    3 as metric,
    5 as server,
    null::integer as device,
    moment,
    1e0 as value,
    null::bigint as samples,
    1 as ordinal,
    0 as kind_of_hour,
    fault
from (
    values
    (timestamp '2024-01-01 00:00:57', 0),
    (timestamp '2024-01-01 00:01:30', 1),
    (timestamp '2024-01-01 00:02', 5)
) as samples (moment, fault);

create table result as
select epoch_us(place) as place
from (values (timestamp '2024-01-01 00:01'), (timestamp '2024-01-01 00:01:30')) as rows (place);

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
    place,
    is_late,
    is_same,
    is_repeat,
    is_repeated
from (
    values
    (2, epoch_us(timestamp '2024-01-01 00:01'), false, false, false, true),
    (1, epoch_us(timestamp '2024-01-01 00:01'), true, false, true, false),
    (3, epoch_us(timestamp '2024-01-01 00:02'), false, false, false, true),
    (4, epoch_us(timestamp '2024-01-01 00:02'), false, true, true, false)
) as rows (ordinal, place, is_late, is_same, is_repeat, is_repeated);

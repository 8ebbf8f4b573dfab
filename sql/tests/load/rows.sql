-- test: labels and the calendar of each row; where there are no samples, their number is 0
create table repeats as
select 'cpu_p95_samples' as count;

create table filled as
select
    1 as server,
    epoch_us(timestamp '2024-01-01') + hour * 3600000000 as place,
    cpu_p95,
    samples as cpu_p95_samples
from (values (0, 1e0, 4), (1, null, null), (2, 3e0, 5)) as samples (hour, cpu_p95, samples);

create table server_labels as
select
    1 as server,
    'a' as server_id,
    'web' as server_type;

create table calendar as
select
    date '2024-01-01' as calendar_day,
    1 as is_holiday;

create table result as
select * from (
    values
    (timestamp '2024-01-01 00:00', 'a', 1e0, 4, 'web', 1),
    (timestamp '2024-01-01 01:00', 'a', null, 0, 'web', 1),
    (timestamp '2024-01-01 02:00', 'a', 3e0, 5, 'web', 1)
) as rows (timestamp, server_id, cpu_p95, cpu_p95_samples, server_type, is_holiday);

-- test: in an hour that a clock shows twice, what comes after the clock went back is the second
create table parameters as
select
    'Europe/Berlin' as zone,
    'by_order' as repeated_hour;

create table bucket as
select
    'cpu' as metric,
    'a' as server,
    null::varchar as device,
    moment,
    ordinal
from (
    values
    (1, timestamp '2024-10-27 01:30'),
    (2, timestamp '2024-10-27 02:00'),
    (3, timestamp '2024-10-27 02:30'),
    (4, timestamp '2024-10-27 02:00'),
    (5, timestamp '2024-10-27 02:30'),
    (6, timestamp '2024-03-31 02:30')
) as samples (ordinal, moment);

create table result as
select * from (
    values
    (1, timestamp '2024-10-26 23:30', 0),
    (2, timestamp '2024-10-27 00:00', 1),
    (3, timestamp '2024-10-27 00:30', 1),
    (4, timestamp '2024-10-27 01:00', 1),
    (5, timestamp '2024-10-27 01:30', 1),
    (6, timestamp '2024-03-31 01:30', 2)
) as rows (ordinal, moment, kind_of_hour);

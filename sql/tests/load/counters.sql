-- test: growth a second from a sample to the next; none over a fall, a gap, or after the last
create table parameters as
select 'mean' as duplicates;

create table counter_steps as
select
    'rx' as metric,
    60000000 as step;

create table ordered as
select
    'rx' as metric,
    'a' as server,
    null::varchar as device,
    minute * 60000000 as instant,
    minute * 60000000 as place,
    value,
    minute as ordinal
from (
    values (0, 0e0), (1, 600e0), (2, 60e0), (6, 120e0), (7, 240e0), (7, 120e0)
) as samples (minute, value);

create table result as
select * from (
    values (0, 10e0, false, false), (60000000, null, true, false), (120000000, null, false, true),
    (360000000, 1e0, false, false)
) as rows (place, value, is_reset, is_after_gap);

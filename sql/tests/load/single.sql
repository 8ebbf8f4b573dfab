-- test: of several values of one place the mean holds; a null does not count
create table parameters as
select
    'mean' as duplicates,
    [4] as counters;

create table ordered as
select
    metric,
    5 as server,
    null::varchar as device,
    place,
    place as instant,
    ordinal,
    value,
    null::bigint as samples,
    is_repeat,
    is_repeated
from (
    values (3, 0, 0, 1e0, false, false), (3, 1, 1, 2e0, false, true), (3, 1, 2, null, true, true),
    (3, 1, 3, 5e0, true, false), (4, 7, 9, 9e0, false, false)
) as samples (metric, place, ordinal, value, is_repeat, is_repeated);

create table result as
select * from (values (0, 1e0), (1, 3.5e0)) as rows (place, value);

-- test: or the last one
create table parameters as
select
    'last' as duplicates,
    []::integer[] as counters;

create table ordered as
select
    3 as metric,
    5 as server,
    null::varchar as device,
    1 as place,
    1 as instant,
    ordinal,
    value,
    null::bigint as samples,
    ordinal > 0 as is_repeat,
    ordinal < 1 as is_repeated
from (
    values (0, 2e0), (1, 1e0)
) as samples (ordinal, value);

create table result as
select
    1 as place,
    1e0 as value;

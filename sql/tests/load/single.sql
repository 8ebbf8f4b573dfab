-- test: of several values of one place the mean holds; a null does not count
create table parameters as
select 'mean' as duplicates;

create table gauges as
select 'cpu' as metric;

create table ordered as
select
    'cpu' as metric,
    'a' as server,
    null::varchar as device,
    place,
    place as instant,
    ordinal,
    value,
    null::bigint as samples,
    is_repeat,
    is_repeated
from (
    values (0, 0, 1e0, false, false), (1, 1, 2e0, false, true), (1, 2, null, true, true), (1, 3, 5e0, true, false)
) as samples (place, ordinal, value, is_repeat, is_repeated);

create table result as
select * from (values (0, 1e0), (1, 3.5e0)) as rows (place, value);

-- test: or the last one
create table parameters as
select 'last' as duplicates;

create table gauges as
select 'cpu' as metric;

create table ordered as
select
    'cpu' as metric,
    'a' as server,
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

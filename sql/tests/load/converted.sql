-- test: values in the unit that is wanted, clipped to what it allows
create table parameters as
select 'clip' as out_of_range;

create table factors as
select
    'cpu' as metric,
    100e0 as multiplier,
    1e0 as divisor,
    0e0 as lowest,
    100e0 as highest;

create table expressed as
select
    'cpu' as metric,
    value
from (values (0.5e0), (1.03e0), (null)) as samples (value);

create table result as
select * from (values (50e0, false), (100e0, true), (null, null)) as rows (value, is_outside);

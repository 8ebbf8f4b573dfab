-- test: gauges and rates stand below each other; a rate has no number of samples
create table single as
select
    0 as metric,
    1 as server,
    null::integer as device,
    10 as place,
    5e0 as value,
    3 as samples;

create table rates as
select
    7 as metric,
    1 as server,
    2 as device,
    20 as place,
    8e0 as value,
    false as is_reset;

create table result as
select * from (
    values (0, 1, null, 10, 5e0, 3), (7, 1, 2, 20, 8e0, null)
) as rows (metric, server, device, place, value, samples);

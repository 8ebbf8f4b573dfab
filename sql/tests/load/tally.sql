-- test: jitter is at most a tenth of the step, on both sides of a multiple of it
create table parameters as
select 100 as step;

create table metrics as
select
    3 as metric,
    'cpu' as name;

create table servers as
select
    5 as server,
    'a' as name;

create table ordered as
select
    3 as metric,
    5 as server,
    instant,
    instant = 200 as is_late,
    instant = 311 as is_same,
    instant > 300 as is_repeat,
    instant % 3 as kind_of_hour
from (values (90), (89), (110), (111), (200), (311), (411)) as samples (instant);

create table result as
select
    'cpu' as metric,
    2 as jitter,
    4 as off_grid,
    1 as unsorted,
    1 as duplicates,
    1 as crowded,
    'a' as example;

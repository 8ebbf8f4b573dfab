-- test: each flag that is wrong is named, with its cells and its first day; days outside the window are not looked at
create table parameters as
select
    date '2024-01-01' as start_date,
    date '2024-01-07' as end_date,
    false as has_local_time;

create table known_days as
select
    calendar_day::date as calendar_day,
    1 as month,
    1 as quarter,
    dayofmonth(calendar_day) - 1 as dayofweek,
    (dayofmonth(calendar_day) > 5)::tinyint as is_weekend,
    0 as is_eoq,
    0 as is_holiday
from generate_series(timestamp '2024-01-01', timestamp '2024-01-07', interval 1 day) as days (calendar_day);

create table panel as
select * from (
    values
    (timestamp '2024-01-05 01:00', 2024, 1, 1, 4, 1, 0, 0),
    (timestamp '2024-01-05 02:00', 2024, 1, 1, 4, 1, 0, 0),
    (timestamp '2024-01-06 00:00', 2024, 1, 1, 5, 0, 0, 0),
    (timestamp '2024-01-07 00:00', 2024, 1, 2, 6, 1, 0, 0),
    (timestamp '2024-02-01 00:00', 1999, 9, 9, 9, 9, 9, 9)
) as rows (timestamp, year, month, quarter, dayofweek, is_weekend, is_eoq, is_holiday);

create table result as
select * from (
    values ('is_weekend', 3, date '2024-01-05'), ('quarter', 1, date '2024-01-07')
) as rows (flag, cells, first_day);

-- test: with clocks of regions, weekends and holidays are judged elsewhere
create table parameters as
select
    date '2024-01-01' as start_date,
    date '2024-01-07' as end_date,
    true as has_local_time;

create table known_days as
select
    calendar_day::date as calendar_day,
    1 as month,
    1 as quarter,
    dayofmonth(calendar_day) - 1 as dayofweek,
    (dayofmonth(calendar_day) > 5)::tinyint as is_weekend,
    0 as is_eoq,
    0 as is_holiday
from generate_series(timestamp '2024-01-01', timestamp '2024-01-07', interval 1 day) as days (calendar_day);

create table panel as
select * from (
    values (timestamp '2024-01-05', 2024, 1, 1, 3, 1, 0, 1)
) as rows (timestamp, year, month, quarter, dayofweek, is_weekend, is_eoq, is_holiday);

create table result as
select
    'dayofweek' as flag,
    1 as cells,
    date '2024-01-05' as first_day;

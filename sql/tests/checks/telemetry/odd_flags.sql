-- test: the server that differs is named, for the day that is asked for alone
create table parameters as
select
    ['is_weekend'] as flag,
    date '2024-01-03' as calendar_day;

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-03 00:00', 0),
    ('b', timestamp '2024-01-03 00:00', 0),
    ('c', timestamp '2024-01-03 00:00', 0),
    ('c', timestamp '2024-01-03 01:00', 1),
    ('b', timestamp '2024-01-04 00:00', 1)
) as rows (server_id, timestamp, is_weekend);

create table result as
select 'c' as server_id;

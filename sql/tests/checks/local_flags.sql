-- test: flags are those of the clock of their region
create table parameters as select 60 as bucket_minutes;

create table local_flags as
select * from (
    values
    ('Asia', timestamp '2024-01-05 20:00', 1, 0),
    ('Europe', timestamp '2024-01-05 20:00', 0, 0)
) as rows (region, hour, is_weekend, is_holiday);

create table panel as
select * from (
    values
    ('Asia', timestamp '2024-01-05 20:30', 1, 0),
    ('Europe', timestamp '2024-01-05 20:30', 1, 1),
    ('Europe', timestamp '2024-01-05 20:45', 1, 0)
) as rows (region, timestamp, is_weekend, is_holiday);

create table result as
select * from (
    values ('is_weekend', 2, date '2024-01-05'), ('is_holiday', 1, date '2024-01-05')
) as rows (flag, cells, first_day);

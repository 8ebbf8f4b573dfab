-- test: a day is measured against ordinary days of the same weekday and quarter
create table parameters as select 6 as most_days;

create table hour_sums as
select * from (
    values
    ('web', 'cpu', timestamp '2024-03-08 00:00', 1, 10e0),
    ('web', 'cpu', timestamp '2024-03-15 00:00', 1, 30e0),
    ('web', 'cpu', timestamp '2024-03-29 00:00', 1, 30e0),
    ('web', 'cpu', timestamp '2024-07-04 00:00', 2, 16e0),
    ('web', 'cpu', timestamp '2024-07-11 00:00', 1, 16e0)
) as rows (server_type, metric, hour, present, total);

create table result as
select * from (
    values ('web', 'cpu', 'ramp', 2e0, 1.5e0, 1.18e0), ('web', 'cpu', 'holiday', 0.7e0, 0.5e0, 0.7e0)
) as rows (server_type, metric, kind, position, measured, factor);

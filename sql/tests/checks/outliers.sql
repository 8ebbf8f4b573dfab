-- test: the weights are those of the hours whose thresholds are exceeded, above and below
create table repeats as select 'cpu' as "column";

create table parameters as select 60 as bucket_minutes;

create table outlier_thresholds as
select * from (
    values
    ('web', 1, timestamp '2024-01-01 00:00', 10e0, 0.5e0, 2e0, 0.25e0),
    ('web', 1, timestamp '2024-01-01 01:00', 20e0, 1e0, 4e0, 2e0)
) as rows (server_type, "group", hour, "cpu.high", "cpu.high_weight", "cpu.low", "cpu.low_weight");

create table grouped as
select * from (
    values
    ('web', 1, timestamp '2024-01-01 00:10', 11e0),
    ('web', 1, timestamp '2024-01-01 00:20', 10e0),
    ('web', 1, timestamp '2024-01-01 00:30', 1e0),
    ('web', 1, timestamp '2024-01-01 01:00', 15e0),
    ('web', 1, timestamp '2024-01-01 01:30', 21e0)
) as rows (server_type, "panel.group", timestamp, cpu);

create table result as
select
    'web' as server_type,
    1.5e0 as "cpu.high",
    0.25e0 as "cpu.low";

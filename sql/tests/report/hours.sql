-- test: each metric has the number and the sum of its values in each hour; without a value the sum is null
create table parameters as
select
    ['cpu', 'hour'] as metrics,
    60 as bucket_minutes;

create table panel as
select * from (
    values
    ('web', timestamp '2024-01-01 00:00', 1e0, 5e0),
    ('web', timestamp '2024-01-01 00:30', 3e0, null),
    ('web', timestamp '2024-01-01 01:00', null, 2e0)
) as rows (server_type, timestamp, cpu, hour);

create table result as
select * from (
    values
    ('web', timestamp '2024-01-01 00:00', 'cpu', 2, 4e0),
    ('web', timestamp '2024-01-01 00:00', 'hour', 1, 5e0),
    ('web', timestamp '2024-01-01 01:00', 'cpu', 0, null),
    ('web', timestamp '2024-01-01 01:00', 'hour', 1, 2e0)
) as rows (server_type, hour, metric, present, total);

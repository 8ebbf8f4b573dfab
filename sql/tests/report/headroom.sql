-- test: the percentile is that of the window's values; a metric without any has none
create table parameters as
select
    ['cpu', 'mem'] as metrics,
    timestamp '2024-01-01' as first_timestamp,
    timestamp '2024-01-02' as stop_timestamp;

create table panel as
select * from (
    values
    ('web', timestamp '2024-01-01', 7e0, null::double),
    ('web', timestamp '2024-01-01', 7e0, null),
    ('web', timestamp '2024-01-02', 90e0, 90e0)
) as rows (server_type, timestamp, cpu, mem);

create table result as
select * from (
    values ('web', 'cpu', 7e0), ('web', 'mem', null)
) as rows (server_type, metric, p95);

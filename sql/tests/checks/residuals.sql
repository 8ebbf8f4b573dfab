-- test: clipped and spiked cells have no residuals, and values above a threshold add up its weight
create table repeats as
select * from (
    values ('cpu', null, null), ('mem', null, null), (null, 'cpu', 'mem')
) as rows ("column", "left", "right");

create table parameters as
select
    map {'cpu': 0e0, 'mem': 0e0} as low,
    map {'cpu': 100e0, 'mem': 100e0} as high,
    map {'cpu': 2.5e0, 'mem': 2.5e0} as cut,
    60 as bucket_minutes;

create table expected as
select
    'web' as server_type,
    1 as "group",
    timestamp '2024-01-01' as hour,
    50e0 as "cpu.mean",
    10e0 as "cpu.sd",
    70e0 as "cpu.threshold",
    0.5e0 as "cpu.weight",
    50e0 as "mem.mean",
    10e0 as "mem.sd",
    70e0 as "mem.threshold",
    1e0 as "mem.weight";

create table grouped as
select * from (
    values
    ('web', 1, timestamp '2024-01-01 00:00', 40e0, 60e0),
    ('web', 1, timestamp '2024-01-01 00:10', 60e0, 40e0),
    ('web', 1, timestamp '2024-01-01 00:20', 80e0, 60e0),
    ('web', 1, timestamp '2024-01-01 00:30', 0e0, 60e0),
    ('web', 1, timestamp '2024-01-01 00:40', 120e0, 60e0),
    ('web', 1, timestamp '2024-01-01 00:50', null, 75e0)
) as rows (server_type, "panel.group", timestamp, cpu, mem);

create table result as
select
    'web' as server_type,
    2 as "cpu~mem.cells",
    -1e0 as "cpu~mem.residual",
    0.5e0 as "cpu.exceeded",
    1e0 as "mem.exceeded";

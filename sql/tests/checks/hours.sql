-- test: sums are those of the values inside the clip, by archetype, group and hour
create table repeats as
select * from (values ('cpu'), ('mem')) as rows ("column");

create table parameters as
select
    map {'cpu': 0e0, 'mem': 0e0} as low,
    map {'cpu': 10e0, 'mem': 10e0} as high,
    60 as bucket_minutes,
    'looked_at' as rows;

create table looked_at as
select * from (
    values
    ('web', 1, timestamp '2024-01-01 00:00', 1e0, 5e0),
    ('web', 1, timestamp '2024-01-01 00:30', 3e0, 'nan'::double),
    ('web', 1, timestamp '2024-01-01 00:45', 11e0, null),
    ('web', 2, timestamp '2024-01-01 00:00', null, 2e0)
) as rows (server_type, "panel.group", timestamp, cpu, mem);

create table result as
select * from (
    values
    ('web', 1, timestamp '2024-01-01 00:00', 3, 2, 4e0, 10e0, 1, 5e0),
    ('web', 2, timestamp '2024-01-01 00:00', 1, 0, 0e0, 0e0, 1, 2e0)
) as rows (server_type, "group", hour, cells, "cpu.inside", "cpu.total", "cpu.squares", "mem.inside", "mem.total");

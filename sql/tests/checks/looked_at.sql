-- test: archetypes have their place in the list, or -1; a null lies below all values, and NaN stays what it is
create table parameters as
select
    ['mem', 'cpu'] as columns,
    ['batch', 'web'] as types,
    'grouped' as rows;

create table grouped as
select * from (
    values
    ('web', 1, timestamp '2024-01-01 00:00', 1e0, 5e0, 'busy'),
    ('batch', 0, timestamp '2024-01-01 00:30', null, 'nan'::double, 'busy'),
    ('other', 0, null, 2e0, null, null),
    (null, 0, timestamp '2024-01-01 00:30', 3e0, 0e0, null)
) as rows (server_type, "panel.group", timestamp, cpu, mem, state);

create table result as
select * from (
    values
    (1e0, 5e0, 1, 1, timestamp '2024-01-01 00:00'),
    ('-infinity'::double, 'nan'::double, 0, 0, timestamp '2024-01-01 00:30'),
    (2e0, '-infinity'::double, -1, 0, null),
    (3e0, 0e0, -1, 0, timestamp '2024-01-01 00:30')
) as rows (cpu, mem, "panel.type", "panel.group", timestamp);

-- test: the mean of an hour is over all days; an hour without values has none; what is not finite is no value,
-- and takes none from other metrics
create table parameters as
select
    ['cpu', 'mem'] as metrics,
    ['server_type'] as peers;

create table panel as
select * from (
    values
    ('a', 'web', timestamp '2024-01-01 03:00', 1e0, 7e0),
    ('a', 'web', timestamp '2024-01-02 03:30', 2e0, null),
    ('a', 'web', timestamp '2024-01-03 03:30', 'nan'::double, 8e0),
    ('a', 'web', timestamp '2024-01-04 03:30', 'inf'::double, 9e0),
    ('a', 'web', timestamp '2024-01-02 04:00', null, 1e0)
) as rows (server_id, server_type, timestamp, cpu, mem);

create table result as
select * from (
    values ('a', 'web', 3, 1.5e0, 8e0), ('a', 'web', 4, null, 1e0)
) as rows (server_id, server_type, "panel.hour", cpu, mem);

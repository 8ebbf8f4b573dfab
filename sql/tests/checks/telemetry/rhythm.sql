-- test: the mean of an hour is over all days; an hour without values has none; what is not finite is no value
create table parameters as
select
    ['cpu'] as metrics,
    ['server_type'] as peers;

create table panel as
select * from (
    values
    ('a', 'web', timestamp '2024-01-01 03:00', 1e0),
    ('a', 'web', timestamp '2024-01-02 03:30', 2e0),
    ('a', 'web', timestamp '2024-01-03 03:30', 'nan'::double),
    ('a', 'web', timestamp '2024-01-04 03:30', 'inf'::double),
    ('a', 'web', timestamp '2024-01-02 04:00', null)
) as rows (server_id, server_type, timestamp, cpu);

create table result as
select * from (
    values ('a', 'web', 3, 1.5e0), ('a', 'web', 4, null)
) as rows (server_id, server_type, "panel.hour", cpu);

-- test: a server whose rows are every step of its own span once does not differ, whenever it begins
create table parameters as
select
    ['server_id', 'region'] as labels,
    60 as step_minutes;

create table panel as
select * from (
    values
    ('whole', timestamp '2024-01-01 00:00', 'EU'),
    ('whole', timestamp '2024-01-01 01:00', 'EU'),
    ('whole', timestamp '2024-01-01 02:00', null),
    ('late', timestamp '2024-01-01 02:00', 'US'),
    ('lacking', timestamp '2024-01-01 00:00', 'US'),
    ('lacking', timestamp '2024-01-01 02:00', 'Asia'),
    ('doubled', timestamp '2024-01-01 00:00', 'US'),
    ('doubled', timestamp '2024-01-01 00:00', 'US'),
    ('doubled', timestamp '2024-01-01 02:00', 'US')
) as rows (server_id, timestamp, region);

create table result as
select * from (
    values
    ('doubled', 3, 3, true, 'US', 'US', 0),
    ('lacking', 2, 3, true, 'Asia', 'US', 0),
    ('late', 1, 1, false, 'US', 'US', 0),
    ('whole', 3, 3, false, 'EU', 'EU', 1)
) as rows (server_id, timestamps, steps, differs, "region.first", "region.last", "region.missing");

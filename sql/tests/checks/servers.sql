-- test: a server with every timestamp once agrees; one with a gap, and one with a timestamp twice, differ
create table parameters as
select
    ['server_id', 'region'] as labels,
    timestamp '2024-01-01 00:00' as first_timestamp,
    timestamp '2024-01-01 02:00' as last_timestamp,
    60 as step_minutes;

create table panel as
select * from (
    values
    ('good', timestamp '2024-01-01 00:00', 'Asia'),
    ('good', timestamp '2024-01-01 02:00', 'Asia'),
    ('good', timestamp '2024-01-01 01:00', 'Asia'),
    ('gap', timestamp '2024-01-01 00:00', 'Asia'),
    ('gap', timestamp '2024-01-01 02:00', 'Asia'),
    ('twice', timestamp '2024-01-01 00:00', 'Asia'),
    ('twice', timestamp '2024-01-01 00:00', 'Asia'),
    ('twice', timestamp '2024-01-01 02:00', 'Asia')
) as rows (server_id, timestamp, region);

create table result as
select * from (
    values ('good', 3, false), ('gap', 2, true), ('twice', 3, true)
) as rows (server_id, timestamps, differs);

-- test: a label that changes has a first and a last value; one that is missing is counted by its rows
create table parameters as
select
    ['server_id', 'region'] as labels,
    timestamp '2024-01-01' as first_timestamp,
    timestamp '2024-01-03' as last_timestamp,
    1440 as step_minutes;

create table panel as
select * from (
    values
    ('moves', timestamp '2024-01-01', 'Europe'),
    ('moves', timestamp '2024-01-02', 'Asia'),
    ('moves', timestamp '2024-01-03', 'Europe'),
    ('stays', timestamp '2024-01-01', 'Asia'),
    ('stays', timestamp '2024-01-02', null),
    ('stays', timestamp '2024-01-03', null)
) as rows (server_id, timestamp, region);

create table result as
select * from (
    values ('moves', 'Asia', 'Europe', 0), ('stays', 'Asia', 'Asia', 2)
) as rows (server_id, "region.first", "region.last", "region.missing");

-- test: repeated, missing and strange timestamps are told apart, and other servers left out
create table parameters as
select 60 as step_minutes;

create table suspects as
select
    server_id,
    timestamp '2024-01-01 00:00' as first_timestamp,
    timestamp '2024-01-01 02:00' as last_timestamp
from (values ('a'), ('b')) as rows (server_id);

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01 00:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('b', timestamp '2024-01-01 00:00'),
    ('b', timestamp '2024-01-01 00:30'),
    ('b', timestamp '2024-01-01 01:00'),
    ('b', timestamp '2024-01-01 02:00'),
    ('b', timestamp '2024-01-01 03:00'),
    ('c', timestamp '2024-01-01 00:00')
) as rows (server_id, timestamp);

create table result as
select * from (
    values
    ('a', 2, timestamp '2024-01-01 01:00', 1, timestamp '2024-01-01 02:00', 0),
    ('b', 0, null, 0, null, 2)
) as rows (server_id, repeated, first_repeated, missing, first_missing, strange);

-- test: what is missing between a server's own ends, what is there twice, and what lies between steps
create table parameters as
select 60 as step_minutes;

create table suspects as
select
    'a' as server_id,
    timestamp '2024-01-01 00:00' as first_timestamp,
    timestamp '2024-01-01 04:00' as last_timestamp;

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01 00:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('a', timestamp '2024-01-01 01:00'),
    ('a', timestamp '2024-01-01 02:30'),
    ('a', timestamp '2024-01-01 04:00'),
    ('b', timestamp '2024-01-01 00:00')
) as rows (server_id, timestamp);

create table result as
select
    'a' as server_id,
    1 as repeated,
    timestamp '2024-01-01 01:00' as first_repeated,
    2 as missing,
    timestamp '2024-01-01 02:00' as first_missing,
    1 as strange;

-- test: rows are compared at their distance in time; chance is what equal shares of values would make
create table parameters as
select ['cpu'] as metrics;

create table pairs as
select
    'a' as first_server,
    'b' as server_id,
    60 as minutes;

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01 00:00', 1e0),
    ('a', timestamp '2024-01-01 01:00', 2e0),
    ('b', timestamp '2024-01-01 00:00', 9e0),
    ('b', timestamp '2024-01-01 01:00', 1e0),
    ('b', timestamp '2024-01-01 02:00', 3e0)
) as rows (server_id, timestamp, cpu);

create table result as
select
    'b' as server_id,
    2 as both_rows,
    1 as equal,
    0.5e0 as by_chance;

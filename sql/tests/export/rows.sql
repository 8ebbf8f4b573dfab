-- test: both servers belong to a run, and its first timestamp; its stop does not
create table parameters as
select
    'a' as first,
    'b' as last,
    timestamp '2024-01-01' as start,
    timestamp '2024-01-02' as stop;

create table wanted as
select * from (
    values
    ('b', timestamp '2024-01-01', 2),
    ('a', timestamp '2024-01-01', 1),
    ('a', timestamp '2024-01-02', 3),
    ('c', timestamp '2024-01-01', 4)
) as rows (sort_server, sort_timestamp, cpu);

create table result as
select * from (values (1), (2)) as rows (cpu);

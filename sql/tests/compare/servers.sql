-- test: servers of the window, once each
create table parameters as
select
    timestamp '2024-01-01' as start,
    timestamp '2024-01-02' as stop;

create table panel as
select * from (
    values
    ('b', timestamp '2024-01-01 00:00'),
    ('a', timestamp '2024-01-01 23:00'),
    ('a', timestamp '2024-01-01 22:00'),
    ('c', timestamp '2024-01-02 00:00'),
    ('d', timestamp '2023-12-31 23:00')
) as rows (server_id, timestamp);

create table result as
select * from (values ('a'), ('b')) as rows (server_id);

-- test: a server's first row counts, even where it is null, and rows after the end do not
create table parameters as select timestamp '2024-01-03' as stop;

create table wanted as
select * from (
    values
    ('b', 'late', 'b', timestamp '2024-01-02'),
    ('b', null, 'b', timestamp '2024-01-01'),
    ('a', 'prod', 'a', timestamp '2024-01-02'),
    ('c', 'test', 'c', timestamp '2024-01-03')
) as rows (server_id, label, sort_server, sort_timestamp);

create table result as
select * from (
    values ('a', 'prod'), ('b', null)
) as rows (server_id, label);

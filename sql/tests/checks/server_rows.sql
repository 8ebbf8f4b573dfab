-- test: the asked columns of the asked servers
create table parameters as select ['server_id', 'timestamp', 'cpu'] as columns;

create table faulty_ids as select 'a' as server_id;

create table panel as
select * from (
    values ('a', timestamp '2024-01-01', 1, 2), ('b', timestamp '2024-01-01', 3, 4)
) as rows (server_id, timestamp, cpu, mem);

create table result as
select
    'a' as server_id,
    timestamp '2024-01-01' as timestamp,
    1 as cpu;

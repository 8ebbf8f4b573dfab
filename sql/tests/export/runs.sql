-- test: servers are put together, in order, until there are about so many rows
create table parameters as select 3 as rows;

create table panel as
select * from (
    values ('c'), ('a'), ('a'), ('b'), ('b'), ('c')
) as rows (server_id);

create table result as
select * from (
    values ('a', 'b', 4), ('c', 'c', 2)
) as rows (first_server, last_server, run_rows);

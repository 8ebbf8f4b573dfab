-- test: the rows of the servers that are remade, and no others
create table remade_ids as select 'a' as server_id;

create table panel as
select * from (values ('a', 1), ('a', 2), ('b', 3)) as rows (server_id, cpu);

create table result as
select * from (values ('a', 1), ('a', 2)) as rows (server_id, cpu);

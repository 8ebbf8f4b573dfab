-- test: a row for every step from a server's first to its last
create table parameters as
select 10 as step;

create table pivoted as
select * from (values (1, 20, 1e0), (1, 40, 3e0), (2, 0, 5e0)) as rows (server, place, cpu);

create table result as
select * from (
    values (1, 20, 1e0), (1, 30, null), (1, 40, 3e0), (2, 0, 5e0)
) as rows (server, place, cpu);

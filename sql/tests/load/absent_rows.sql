-- test: how many servers have no value at all at a time
create table repeats as
select * from (values ('cpu'), ('mem')) as rows ("column");

create table panel_rows as
select * from (
    values (1, null::double, null::double), (1, null, null), (1, null, 5e0), (2, 1e0, null), (3, null, null)
) as rows (timestamp, cpu, mem);

create table result as
select * from (values (1, 2), (3, 1)) as rows (timestamp, servers);

-- test: the labels of each row
create table repeats as
select * from (values ('region'), ('role')) as rows (label);

create table table_rows as
select * from (values ('a', 'EU', 'web'), ('b', null, 'db')) as rows (server, "region.label", "role.label");

create table result as
select * from (
    values ('a', 'region', 'EU'), ('a', 'role', 'web'), ('b', 'region', null), ('b', 'role', 'db')
) as rows (server, label, value);

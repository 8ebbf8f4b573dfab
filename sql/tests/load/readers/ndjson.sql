-- test: objects with the position of their file
copy (select 1 as cpu, 'a' as host) to 'x.json' (format json);

copy (select 2 as cpu) to 'y.json' (format json);

create table parameters as
select [{'filename': 'x.json'}, {'filename': 'y.json'}] as files;

create table result as
select * from (values ('a', 1, 0), (null, 2, 1)) as rows (host, cpu, file_index);

-- test: a bin holds its lower end; the last one holds the greatest value too
create table parameters as
select
    ['cpu'] as metric,
    10e0 as first,
    5e0 as width,
    1 as last_bin;

create table panel as
select * from (
    values ('web', 10e0), ('web', 14.9e0), ('web', 15e0), ('web', 20e0), ('web', null), ('db', 12e0)
) as rows (server_type, cpu);

create table result as
select * from (
    values ('web', 0, 2), ('web', 1, 2), ('db', 0, 1)
) as rows (server_type, bin, cells);

-- test: the rows of one year and type
create table parameters as
select
    2024 as year,
    'web' as server_type;

create table panel_rows as
select * from (
    values (2024, 'web', 'b', 2), (2024, 'web', 'a', 1), (2023, 'web', 'a', 0), (2024, 'db', 'c', 1)
) as rows (year, server_type, server_id, timestamp);

create table result as
select * from (values ('a', 1), ('b', 2)) as rows (server_id, timestamp);

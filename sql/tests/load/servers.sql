-- test: each server with its number and its files; samples without a time or a server do not count
create table servers as
select * from (values (0, 'b'), (1, 'a')) as rows (server, name);

create table staged as
select
    server,
    fault,
    (file::bigint << 40) + position as ordinal
from (
    values (0, 0, 2, 1), (0, 1, 2, 2), (1, 0, 1, 9), (1, 0, 2, 3), (1, 5, 3, 4), (null, 6, 3, 5)
) as samples (server, fault, file, position);

create table result as
select * from (values ('a', 1, 1), ('a', 1, 2), ('b', 0, 2)) as rows (server, number, file);

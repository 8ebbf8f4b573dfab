-- test: the label that most rows have; the first by name of several
create table parameters as
select
    null::varchar as strip,
    true as lower;

create table label_readings as
select * from (
    values ('A', 'region', 'EU'), ('a', 'region', 'EU '), ('a', 'region', 'US'), ('b', 'region', 'US'),
    ('b', 'region', 'EU'), ('c', 'region', null)
) as rows (server, label, value);

create table result as
select * from (values ('a', 'region', 'EU', 2), ('b', 'region', 'EU', 2)) as rows (server, label, value, different);

-- test: each server counts once for each label that it has
create table parameters as
select ['server_type', 'business_unit'] as labels;

create table panel as
select * from (
    values
    ('a', 'web', 'Trading'),
    ('a', 'web', 'Trading'),
    ('b', 'web', null),
    ('c', 'batch', 'Trading')
) as rows (server_id, server_type, business_unit);

create table result as
select * from (
    values ('archetype', 'web', 2), ('archetype', 'batch', 1), ('business unit', 'Trading', 2)
) as rows (attribute, name, servers);

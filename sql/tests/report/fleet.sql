-- test: servers are counted by what they are, at the first timestamp alone
create table parameters as select timestamp '2024-01-01' as first_timestamp;

create table panel as
select * from (
    values
    (timestamp '2024-01-01', 'web', 'Asia', 'High', 'Trading'),
    (timestamp '2024-01-01', 'web', 'Europe', 'High', 'Trading'),
    (timestamp '2024-01-02', 'web', 'Asia', 'High', 'Trading')
) as rows (timestamp, server_type, region, criticality, business_unit);

create table result as
select * from (
    values
    ('archetype', 'web', 2),
    ('region', 'Asia', 1),
    ('region', 'Europe', 1),
    ('criticality', 'High', 2),
    ('business unit', 'Trading', 2)
) as rows (attribute, name, servers);

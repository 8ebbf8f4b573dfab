-- test: what is wrong with a sample, and the server's name as the mapping wants it
create table parameters as
select
    ['', 'n/a'] as texts,
    [-1e0] as numbers,
    ':\d+$' as strip,
    true as lower,
    1 as buckets;

create table readings as
select
    1 as file,
    position,
    server,
    'usage' as series,
    null::varchar as device,
    moment,
    value,
    reading,
    null::bigint as samples
from (
    values
    (1, 'DB1:9100', timestamp '2024-01-01', 5e0, null),
    (2, 'db1', timestamp '2024-01-01', -1e0, null),
    (3, 'db1', timestamp '2024-01-01', null, ' n/a '),
    (4, 'db1', timestamp '2024-01-01', null, '5 %'),
    (5, 'db1', timestamp '2024-01-01', null, null),
    (6, 'db1', timestamp '2024-01-01', 'nan'::double, null),
    (7, 'db1', null, 5e0, 'yesterday'),
    (8, '', timestamp '2024-01-01', 5e0, null)
) as rows (position, server, moment, value, reading);

create table result as
select
    server,
    value,
    fault::tinyint as fault,
    reading,
    1::bigint as file,
    number as position
from (
    values ('db1', 5e0, 0, null, 1), ('db1', null, 2, null, 2), ('db1', null, 2, null, 3), ('db1', null, 3, '5 %', 4),
    ('db1', null, 1, null, 5), ('db1', null, 4, null, 6), ('db1', null, 5, 'yesterday', 7), ('', null, 6, null, 8)
) as rows (server, value, fault, reading, number);

-- test: a number in any form is a value, with its factor; other texts stay texts, and an empty one is missing
create table samples as
select * from (
    values
    ('f', 1, 'a', timestamp '2024-01-01 00:00', '1.5e1'),
    ('f', 2, 'a', timestamp '2024-01-01 00:01', '1_000'),
    ('f', 3, 'a', timestamp '2024-01-01 00:02', ''),
    ('f', 4, 'b', timestamp '2024-01-01 00:03', '+Inf'),
    ('f', 5, 'b', null, '7'),
    ('f', 6, 'left out', timestamp '2024-01-01 00:04', '8')
) as rows (filename, position, id, moment, reading);

create table roles as
select * from (
    values
    ('a', 'cpu', 'web', 'sda', 2e0),
    ('b', 'mem', null, null, null)
) as rows (id, series, server, device, factor);

create table parts as
select
    'f' as filename,
    3 as file,
    'of the file' as server;

create table result as
select * from (
    values
    (3, 1, 'web', 'cpu', 'sda', timestamp '2024-01-01 00:00', 30e0, null),
    (3, 2, 'web', 'cpu', 'sda', timestamp '2024-01-01 00:01', null, '1_000'),
    (3, 3, 'web', 'cpu', 'sda', timestamp '2024-01-01 00:02', null, null),
    (3, 4, 'of the file', 'mem', null, timestamp '2024-01-01 00:03', 'inf'::double, null),
    (3, 5, 'of the file', 'mem', null, null, 7e0, '7')
) as rows (file, position, server, series, device, moment, value, reading);

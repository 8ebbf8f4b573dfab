-- test: samples are counted by series and file, and those with a time apart
create table line_samples as
select * from (
    values
    ('f', 1, 'up', timestamp '2024-01-01', '1'),
    ('f', 2, 'up', null, '2'),
    ('f', 3, 'down', timestamp '2024-01-01', '3')
) as rows (filename, position, id, moment, reading);

create table result as
select * from (
    values ('up', 'f', 1, 1, 2, 2), ('down', 'f', 3, 1, 1, 1)
) as rows (id, filename, first, stamped, valued, samples);

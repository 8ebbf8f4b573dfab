-- test: a header of devices is known by its first word in capital letters
create table sadf_lines as
select * from (
    values
    ('f', 1, true, ['hostname', 'interval', 'timestamp', 'DEV', 'tps']),
    ('f', 2, false, ['a', '60', 't', 'sda', '1']),
    ('f', 3, true, ['hostname', 'interval', 'timestamp', 'MHz'])
) as rows (filename, position, is_header, words);

create table result as
select * from (
    values (1, ['DEV', 'tps'], true), (3, ['MHz'], false)
) as rows (header_position, columns, has_item);

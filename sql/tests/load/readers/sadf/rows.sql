-- test: a row has the columns of the header above it
create table sadf_lines as
select * from (
    values
    ('f', 1, true, ['hostname', 'interval', 'timestamp', 'tps'], 1),
    ('f', 2, false, ['a', '60', 't', '1'], 1),
    ('f', 4, false, ['a', '60', 't', '0', '2'], 3)
) as rows (filename, position, is_header, words, header_position);

create table sadf_headers as
select * from (
    values ('f', 1, ['tps'], false), ('f', 3, ['CPU', '%user'], true)
) as rows (filename, header_position, columns, has_item);

create table result as
select * from (
    values
    (2, 'a', '60', 't', ['1'], ['tps'], false),
    (4, 'a', '60', 't', ['0', '2'], ['CPU', '%user'], true)
) as rows (position, host, period, stamp, readings, columns, has_item);

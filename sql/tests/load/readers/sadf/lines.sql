-- test: a line knows the position of the header above it
create table parameters as
select ['a.txt'] as files;

copy (
    select unnest([
        '# hostname;interval;timestamp;tps', 'a;60;t;1', '# hostname;interval;timestamp;CPU;%user', 'a;60;t;0;2'
    ])
) to 'a.txt' (format csv, header false, quote '', escape '', delimiter '|');

create table result as
select * from (
    values
    (1, true, ['hostname', 'interval', 'timestamp', 'tps'], 1),
    (2, false, ['a', '60', 't', '1'], 1),
    (3, true, ['hostname', 'interval', 'timestamp', 'CPU', '%user'], 3),
    (4, false, ['a', '60', 't', '0', '2'], 3)
) as rows (position, is_header, words, header_position);

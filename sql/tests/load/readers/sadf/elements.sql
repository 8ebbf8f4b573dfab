-- test: a statistic a row, with its stamp
create table parameters as
select
    ['a.json'] as files,
    16777216 as largest;

copy (
    select unnest([
        '[{"timestamp":{"date":"2024-01-01","time":"00:00:00","utc":1,"interval":60},"io":{"tps":1}},',
        '{"timestamp":{"date":"2024-01-01","time":"00:01:00","utc":0},"io":{"tps":2}}]'
    ])
) to 'a.json' (format csv, header false, quote '', escape '', delimiter '|');

create table result as
select * from (
    values (1, '2024-01-01', '00:00:00', '1', '60'), (2, '2024-01-01', '00:01:00', '0', null)
) as rows (position, day, clock, utc, period);

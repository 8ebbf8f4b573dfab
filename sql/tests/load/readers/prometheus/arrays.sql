-- test: a sample a row, in the order of the lists; a series without a name has the file's
create table parameters as
select
    ['cpu.json'] as files,
    'auto' as unit,
    16777216 as largest;

copy (
    select unnest([
        '[{"metric":{"__name__":"up"},"values":[[1704067200.25,"1"],[1704067260,"+Inf"]]},',
        '{"metric":{"a":"b"},"values":[[1704067200,"3"],[-1,"4"]]}]'
    ])
) to 'cpu.json' (format csv, header false, quote '', escape '', delimiter '|');

create table result as
select * from (
    values
    (1, '{"__name__":"up"}', timestamp '2024-01-01 00:00:00.25', '1'),
    (2, '{"__name__":"up"}', timestamp '2024-01-01 00:01', '+Inf'),
    (3, 'cpu{"a":"b"}', timestamp '2024-01-01 00:00', '3'),
    (4, 'cpu{"a":"b"}', null, '4')
) as rows (position, id, moment, reading);

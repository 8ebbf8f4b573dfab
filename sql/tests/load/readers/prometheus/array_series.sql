-- test: elements are counted by what they hold, and their samples
create table parameters as
select
    ['cpu.json'] as files,
    16777216 as largest;

copy (
    select unnest([
        '[{"metric":{"__name__":"up"},"values":[[1,"1"],[2,"2"]]},',
        '{"metric":{"__name__":"up"},"value":[1,"1"]},{"metric":{},"histograms":[[1,{}]]}]'
    ])
) to 'cpu.json' (format csv, header false, quote '', escape '', delimiter '|');

create table result as
select * from (
    values
    ('{"__name__":"up"}', 'cpu.json', 2, 1, 1, 0, 2),
    ('cpu{}', 'cpu.json', 1, 0, 0, 1, 0)
) as rows (id, filename, elements, with_values, with_value, with_histograms, samples);

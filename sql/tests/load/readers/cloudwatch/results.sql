-- test: a result a row, with the number of stamps before it
create table parameters as
select
    ['answer.json'] as files,
    16777216 as largest;

copy (
    select unnest([
        '[{"Id":"a","Label":"cpu","Timestamps":["x","y"],"Values":[1,2.5],"StatusCode":"Complete"},',
        '{"Id":"b","Timestamps":["z"],"Values":[3],"Messages":[{"Value":"m"}]}]'
    ])
) to 'answer.json' (format csv, header false, quote '', escape '', delimiter '|');

create table result as
select * from (
    values
    (0, 'a', 'cpu', 'Complete', '', ['x', 'y'], ['1', '2.5']),
    (2, 'b', '', '', '[{"Value":"m"}]', ['z'], ['3'])
) as rows (before, result, label, status, messages, stamps, readings);

-- test: results are counted by status, those whose stamps and values differ in number apart
create table cloudwatch_results as
select * from (
    values
    ('f', 'Complete', '[]', ['x'], ['1']),
    ('f', 'PartialData', '[{"Value":"m"}]', ['x'], ['1', '2'])
) as rows (filename, status, messages, stamps, readings);

create table result as
select * from (
    values
    ('f', 'Complete', null, 1, 0),
    ('f', 'PartialData', '[{"Value":"m"}]', 1, 1)
) as rows (filename, status, message, results, uneven);

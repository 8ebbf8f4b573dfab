-- test: the first and the last day of a quarter have the same quarter end
select
    input,
    quarter_end(input) as got,
    expected
from (
    values
    (date '2024-01-01', date '2024-03-31'),
    (date '2024-03-31', date '2024-03-31'),
    (date '2024-04-01', date '2024-06-30'),
    (date '2024-06-30', date '2024-06-30'),
    (date '2024-07-01', date '2024-09-30'),
    (date '2024-09-30', date '2024-09-30'),
    (date '2024-10-01', date '2024-12-31'),
    (date '2024-12-31', date '2024-12-31'),
    (date '2025-01-01', date '2025-03-31')
) as days (input, expected);

-- test: a day in the middle of a quarter has that quarter's end
select
    input,
    quarter_end(input) as got,
    expected
from (
    values
    (date '2024-02-29', date '2024-03-31'),
    (date '2023-02-28', date '2023-03-31'),
    (date '2024-05-31', date '2024-06-30'),
    (date '2024-08-31', date '2024-09-30'),
    (date '2024-11-30', date '2024-12-31')
) as days (input, expected);

-- test: the quarter changes at midnight
select
    input,
    quarter_end(input) as got,
    expected
from (
    values
    (timestamp '2024-03-31 00:00', date '2024-03-31'),
    (timestamp '2024-03-31 23:59', date '2024-03-31'),
    (timestamp '2024-04-01 00:00', date '2024-06-30'),
    (timestamp '2024-12-31 23:59', date '2024-12-31'),
    (timestamp '2025-01-01 00:00', date '2025-03-31')
) as stamps (input, expected);

-- test: a quarter end is a date, whatever it is asked of
select
    input,
    typeof(got) as got,
    'DATE' as expected
from (
    values
    ('date', quarter_end(date '2024-02-29')),
    ('timestamp', quarter_end(timestamp '2024-02-29 23:59'))
) as quarter_ends (input, got);

-- test: no day has no quarter end
select
    null::date as input,
    quarter_end(null::date) as got,
    null as expected;

-- test: the days left shrink to 0 on the last day and start again
select
    input,
    days_to_quarter_end(input) as got,
    expected
from (
    values
    (date '2024-03-29', 2),
    (date '2024-03-30', 1),
    (date '2024-03-31', 0),
    (date '2024-04-01', 90),
    (date '2024-07-01', 91),
    (date '2024-10-01', 91),
    (date '2024-12-31', 0)
) as days (input, expected);

-- test: the days left count the leap day
select
    input,
    days_to_quarter_end(input) as got,
    expected
from (
    values
    (date '2024-01-01', 90),
    (date '2024-02-28', 32),
    (date '2024-02-29', 31),
    (date '2024-03-01', 30),
    (date '2023-01-01', 89),
    (date '2023-02-28', 31),
    (date '2023-03-01', 30)
) as days (input, expected);

-- test: the days left are whole days, whatever the time of day
select
    input,
    days_to_quarter_end(input) as got,
    expected
from (
    values
    (timestamp '2024-03-30 00:00', 1),
    (timestamp '2024-03-30 23:59', 1),
    (timestamp '2024-03-31 00:00', 0),
    (timestamp '2024-03-31 23:59', 0)
) as stamps (input, expected);

-- test: no day has no days left in the quarter
select
    null::date as input,
    days_to_quarter_end(null::date) as got,
    null as expected;

-- test: only the last day of a quarter is its end
select
    input,
    is_eoq(input) as got,
    expected
from (
    values
    (date '2024-03-30', false),
    (date '2024-03-31', true),
    (date '2024-04-01', false),
    (date '2024-06-29', false),
    (date '2024-06-30', true),
    (date '2024-07-01', false),
    (date '2024-09-29', false),
    (date '2024-09-30', true),
    (date '2024-10-01', false),
    (date '2024-12-30', false),
    (date '2024-12-31', true),
    (date '2025-01-01', false)
) as days (input, expected);

-- test: the last day of a month within a quarter is not its end
select
    input,
    is_eoq(input) as got,
    false as expected
from (
    values
    (date '2024-01-31'),
    (date '2024-02-29'),
    (date '2023-02-28'),
    (date '2024-04-30'),
    (date '2024-05-31'),
    (date '2024-07-31'),
    (date '2024-08-31'),
    (date '2024-10-31'),
    (date '2024-11-30')
) as days (input);

-- test: the end of a quarter lasts all day
select
    input,
    is_eoq(input) as got,
    expected
from (
    values
    (timestamp '2024-03-30 23:59', false),
    (timestamp '2024-03-31 00:00', true),
    (timestamp '2024-03-31 23:59', true),
    (timestamp '2024-04-01 00:00', false)
) as stamps (input, expected);

-- test: no day neither ends a quarter nor does not
select
    null::date as input,
    is_eoq(null::date) as got,
    null as expected;

-- test: days of the week count from 0 = Monday to 6 = Sunday
select
    input,
    day_of_week(input) as got,
    expected
from (
    values
    (date '2024-03-25', 0),
    (date '2024-03-26', 1),
    (date '2024-03-27', 2),
    (date '2024-03-28', 3),
    (date '2024-03-29', 4),
    (date '2024-03-30', 5),
    (date '2024-03-31', 6),
    (date '2024-04-01', 0)
) as days (input, expected);

-- test: the week runs on through the end of February, leap year or not
select
    input,
    day_of_week(input) as got,
    expected
from (
    values
    (date '2024-02-28', 2),
    (date '2024-02-29', 3),
    (date '2024-03-01', 4),
    (date '2023-02-28', 1),
    (date '2023-03-01', 2)
) as days (input, expected);

-- test: the day of the week changes at midnight
select
    input,
    day_of_week(input) as got,
    expected
from (
    values
    (timestamp '2024-03-31 00:00', 6),
    (timestamp '2024-03-31 23:59', 6),
    (timestamp '2024-04-01 00:00', 0),
    (timestamp '2024-04-01 23:59', 0)
) as stamps (input, expected);

-- test: the weekend is Saturday and Sunday
select
    input,
    is_weekend(input) as got,
    expected
from (
    values
    (date '2024-03-28', false),
    (date '2024-03-29', false),
    (date '2024-03-30', true),
    (date '2024-03-31', true),
    (date '2024-04-01', false),
    (date '2024-04-02', false)
) as days (input, expected);

-- test: the weekend lasts from Saturday 00:00 to Sunday 23:59
select
    input,
    is_weekend(input) as got,
    expected
from (
    values
    (timestamp '2024-03-29 23:59', false),
    (timestamp '2024-03-30 00:00', true),
    (timestamp '2024-03-31 23:59', true),
    (timestamp '2024-04-01 00:00', false)
) as stamps (input, expected);

-- test: no day has no day of the week
select
    null::date as input,
    day_of_week(null::date) as got,
    null as expected;

-- test: no day is neither weekend nor working day
select
    null::date as input,
    is_weekend(null::date) as got,
    null as expected;

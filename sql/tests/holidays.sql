-- Default settings: holidays of the United States from 2022-01-01 to 2025-12-31, observed days included.

-- test: a holiday on a fixed date is that one day
select
    input,
    is_holiday(input) as got,
    expected
from (
    values
    (date '2024-07-03', false),
    (date '2024-07-04', true),
    (date '2024-07-05', false),
    (date '2023-07-03', false),
    (date '2023-07-04', true),
    (date '2023-07-05', false)
) as days (input, expected);

-- test: Thanksgiving is the fourth Thursday of November
select
    input,
    is_holiday(input) as got,
    expected
from (
    values
    (date '2024-11-21', false),
    (date '2024-11-27', false),
    (date '2024-11-28', true),
    (date '2024-11-29', false),
    (date '2023-11-22', false),
    (date '2023-11-23', true),
    (date '2023-11-24', false)
) as days (input, expected);

-- test: a holiday on a Saturday is also kept on Friday, one on a Sunday also on Monday
select
    input,
    is_holiday(input) as got,
    expected
from (
    values
    (date '2023-11-09', false),
    (date '2023-11-10', true),
    (date '2023-11-11', true),
    (date '2023-11-12', false),
    (date '2022-12-24', false),
    (date '2022-12-25', true),
    (date '2022-12-26', true),
    (date '2022-12-27', false)
) as days (input, expected);

-- test: a holiday lasts all day
select
    input,
    is_holiday(input) as got,
    expected
from (
    values
    (timestamp '2024-07-03 23:59', false),
    (timestamp '2024-07-04 00:00', true),
    (timestamp '2024-07-04 23:59', true),
    (timestamp '2024-07-05 00:00', false)
) as stamps (input, expected);

-- test: the loaded calendar reaches from its first minute to its last
select
    input,
    is_holiday(input) as got,
    expected
from (
    values
    (timestamp '2022-01-01 00:00', true),
    (timestamp '2022-01-02 00:00', false),
    (timestamp '2025-12-25 23:59', true),
    (timestamp '2025-12-31 23:59', false)
) as stamps (input, expected);

-- test: a day with a holiday factor need not be a holiday
select
    input,
    (is_holiday(input), holiday_factor(input)) as got,
    expected
from (
    values
    (date '2024-12-31', (false, 0.6)),
    (date '2025-01-01', (true, 0.5)),
    (date '2024-05-27', (true, 1.0)),
    (date '2024-05-28', (false, 1.0))
) as days (input, expected);

-- test: no day is neither holiday nor working day
select
    null::date as input,
    is_holiday(null::date) as got,
    null as expected;

-- test: the turn of the year
select
    input,
    holiday_factor(input) as got,
    expected
from (
    values
    (date '2023-12-31', 0.6),
    (date '2024-01-01', 0.5),
    (date '2024-01-02', 1.0)
) as days (input, expected);

-- test: the fourth of July
select
    input,
    holiday_factor(input) as got,
    expected
from (
    values
    (date '2024-07-03', 1.0),
    (date '2024-07-04', 0.7),
    (date '2024-07-05', 1.0)
) as days (input, expected);

-- test: the week of Thanksgiving
select
    input,
    holiday_factor(input) as got,
    expected
from (
    values
    (date '2024-11-21', 1.0),
    (date '2024-11-22', 0.7),
    (date '2024-11-25', 0.7),
    (date '2024-11-28', 0.7),
    (date '2024-11-29', 1.0)
) as days (input, expected);

-- test: Christmas Eve, and from Christmas to the end of the year
select
    input,
    holiday_factor(input) as got,
    expected
from (
    values
    (date '2024-12-23', 1.0),
    (date '2024-12-24', 0.7),
    (date '2024-12-25', 0.6),
    (date '2024-12-28', 0.6),
    (date '2024-12-31', 0.6)
) as days (input, expected);

-- test: the same days of other months have factor 1
select
    input,
    holiday_factor(input) as got,
    1 as expected
from (
    values
    (date '2024-02-01'),
    (date '2024-02-29'),
    (date '2024-06-04'),
    (date '2024-08-04'),
    (date '2024-10-22'),
    (date '2024-10-25'),
    (date '2024-11-04'),
    (date '2024-12-22')
) as days (input);

-- test: the factor holds in every year, loaded holidays or not
select
    input,
    holiday_factor(input) as got,
    expected
from (
    values
    (date '1990-12-25', 0.6),
    (date '2021-12-25', 0.6),
    (date '2026-12-25', 0.6),
    (date '2035-12-23', 1.0)
) as days (input, expected);

-- test: the factor changes at midnight
select
    input,
    holiday_factor(input) as got,
    expected
from (
    values
    (timestamp '2024-12-23 23:59', 1.0),
    (timestamp '2024-12-24 00:00', 0.7),
    (timestamp '2024-12-24 23:59', 0.7),
    (timestamp '2024-12-25 00:00', 0.6),
    (timestamp '2024-12-31 23:59', 0.6),
    (timestamp '2025-01-01 00:00', 0.5),
    (timestamp '2025-01-01 23:59', 0.5),
    (timestamp '2025-01-02 00:00', 1.0)
) as stamps (input, expected);

-- test: the factor is a double on holidays and other days
select
    input,
    typeof(holiday_factor(input)) as got,
    'DOUBLE' as expected
from (
    values
    (date '2024-12-23'),
    (date '2024-12-24')
) as days (input);

-- test: no day has no factor
select
    null::date as input,
    holiday_factor(null::date) as got,
    null as expected;

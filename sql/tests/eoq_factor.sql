-- Default settings: the last 5 days of March, June, September and December climb to 1.3.

-- test: the days left shrink to 0 on the last day of each month
select
    input,
    days_to_month_end(input) as got,
    expected
from (
    values
    (date '2024-01-01', 30),
    (date '2024-01-30', 1),
    (date '2024-01-31', 0),
    (date '2024-02-01', 28),
    (date '2024-04-30', 0),
    (date '2024-05-01', 30),
    (date '2024-12-31', 0)
) as days (input, expected);

-- test: February has its leap day
select
    input,
    days_to_month_end(input) as got,
    expected
from (
    values
    (date '2024-02-28', 1),
    (date '2024-02-29', 0),
    (date '2023-02-27', 1),
    (date '2023-02-28', 0),
    (date '2000-02-28', 1),
    (date '1900-02-28', 0)
) as days (input, expected);

-- test: the days left in a month are whole days, whatever the time of day
select
    input,
    days_to_month_end(input) as got,
    expected
from (
    values
    (timestamp '2024-03-30 00:00', 1),
    (timestamp '2024-03-30 23:59', 1),
    (timestamp '2024-03-31 23:59', 0),
    (timestamp '2024-04-01 00:00', 29)
) as stamps (input, expected);

-- test: no day has no days left in the month
select
    null::date as input,
    days_to_month_end(null::date) as got,
    null as expected;

-- test: 27 to 31 March climb from 1.06 to 1.3
select
    input,
    eoq_factor(input) as got,
    expected
from (
    values
    (date '2024-03-27', 1.06),
    (date '2024-03-28', 1.12),
    (date '2024-03-29', 1.18),
    (date '2024-03-30', 1.24),
    (date '2024-03-31', 1.30)
) as days (input, expected);

-- test: the days around the ramp have factor 1
select
    input,
    eoq_factor(input) as got,
    1 as expected
from (
    values
    (date '2024-03-01'),
    (date '2024-03-25'),
    (date '2024-03-26'),
    (date '2024-04-01'),
    (date '2024-04-02')
) as days (input);

-- test: each quarter ramps, in months of 30 and of 31 days
select
    input,
    eoq_factor(input) as got,
    expected
from (
    values
    (date '2024-06-25', 1.00),
    (date '2024-06-26', 1.06),
    (date '2024-06-30', 1.30),
    (date '2024-07-01', 1.00),
    (date '2024-09-25', 1.00),
    (date '2024-09-26', 1.06),
    (date '2024-09-30', 1.30),
    (date '2024-10-01', 1.00),
    (date '2024-12-26', 1.00),
    (date '2024-12-27', 1.06),
    (date '2024-12-31', 1.30),
    (date '2025-01-01', 1.00)
) as days (input, expected);

-- test: the other months end without a ramp
select
    input,
    eoq_factor(input) as got,
    1 as expected
from (
    values
    (date '2024-01-31'),
    (date '2024-02-28'),
    (date '2024-02-29'),
    (date '2023-02-28'),
    (date '2024-04-30'),
    (date '2024-05-31'),
    (date '2024-07-31'),
    (date '2024-08-31'),
    (date '2024-10-31'),
    (date '2024-11-30')
) as days (input);

-- test: the ramp steps at midnight
select
    input,
    eoq_factor(input) as got,
    expected
from (
    values
    (timestamp '2024-03-26 23:59', 1.00),
    (timestamp '2024-03-27 00:00', 1.06),
    (timestamp '2024-03-27 23:59', 1.06),
    (timestamp '2024-03-28 00:00', 1.12),
    (timestamp '2024-03-31 00:00', 1.30),
    (timestamp '2024-03-31 23:59', 1.30),
    (timestamp '2024-04-01 00:00', 1.00)
) as stamps (input, expected);

-- test: the factor is a double on and off the ramp
select
    input,
    typeof(eoq_factor(input)) as got,
    'DOUBLE' as expected
from (
    values
    (date '2024-03-26'),
    (date '2024-03-31')
) as days (input);

-- test: no day has no factor
select
    null::date as input,
    eoq_factor(null::date) as got,
    null as expected;

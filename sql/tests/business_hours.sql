-- Default settings: the hours 9 to 17, both included.

-- test: business hours last from 9:00 to 17:59
select
    input,
    is_business_hour(input) as got,
    expected
from (
    values
    (timestamp '2024-03-27 00:00', false),
    (timestamp '2024-03-27 08:00', false),
    (timestamp '2024-03-27 08:59', false),
    (timestamp '2024-03-27 09:00', true),
    (timestamp '2024-03-27 12:30', true),
    (timestamp '2024-03-27 17:00', true),
    (timestamp '2024-03-27 17:59', true),
    (timestamp '2024-03-27 18:00', false),
    (timestamp '2024-03-27 23:59', false)
) as stamps (input, expected);

-- test: the hour turns on the microsecond
select
    input,
    is_business_hour(input) as got,
    expected
from (
    values
    (timestamp '2024-03-27 08:59:59.999999', false),
    (timestamp '2024-03-27 09:00:00.000000', true),
    (timestamp '2024-03-27 17:59:59.999999', true),
    (timestamp '2024-03-27 18:00:00.000000', false)
) as stamps (input, expected);

-- test: only the hour counts, not the day
select
    input,
    is_business_hour(input) as got,
    expected
from (
    values
    (timestamp '2024-03-29 12:00', true),
    (timestamp '2024-03-30 12:00', true),
    (timestamp '2024-03-31 12:00', true),
    (timestamp '2024-04-01 12:00', true),
    (timestamp '2024-12-25 12:00', true),
    (timestamp '2024-02-29 12:00', true),
    (timestamp '2024-02-29 18:00', false)
) as stamps (input, expected);

-- test: a date counts as its midnight
select
    date '2024-03-27' as input,
    is_business_hour(date '2024-03-27') as got,
    false as expected;

-- test: no timestamp is neither within business hours nor without
select
    null::timestamp as input,
    is_business_hour(null::timestamp) as got,
    null as expected;

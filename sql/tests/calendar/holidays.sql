-- test: each day from the first to the last, with what its holidays make of it
create table parameters as
select
    date '2023-12-31' as first_day,
    date '2024-01-02' as last_day;

create table result as
select
    is_holiday::tinyint as is_holiday,
    holiday_factor::double as holiday_factor
from (
    values
    (0, 0.6),
    (1, 0.5),
    (0, 1)
) as rows (is_holiday, holiday_factor);

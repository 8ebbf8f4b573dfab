-- test: each day from the first to the last, with its flags and factors
create table parameters as
select
    date '2023-12-30' as first_day,
    date '2024-01-02' as last_day;

create table result as
select
    calendar_day,
    month::tinyint as month,
    quarter::tinyint as quarter,
    dayofweek::tinyint as dayofweek,
    is_eoq::tinyint as is_eoq,
    eoq_factor::double as eoq_factor,
    is_weekend::tinyint as is_weekend,
    is_holiday::tinyint as is_holiday,
    holiday_factor::double as holiday_factor
from (
    values
    (date '2023-12-30', 12, 4, 5, 0, 1.24, 1, 0, 0.6),
    (date '2023-12-31', 12, 4, 6, 1, 1.3, 1, 0, 0.6),
    (date '2024-01-01', 1, 1, 0, 0, 1, 0, 1, 0.5),
    (date '2024-01-02', 1, 1, 1, 0, 1, 0, 0, 1)
) as rows (
    calendar_day, month, quarter, dayofweek, is_eoq, eoq_factor, is_weekend, is_holiday, holiday_factor
);

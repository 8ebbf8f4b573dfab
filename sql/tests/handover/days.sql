-- test: each day from the first to the last, with what its date says
create table parameters as
select
    date '2023-12-31' as first_day,
    date '2024-01-02' as last_day;

create table result as
select * from (
    values
    (date '2023-12-31', 2023::bigint, 12::tinyint, 4::tinyint, 6::tinyint, 1::tinyint, 1::tinyint, 0::tinyint),
    (date '2024-01-01', 2024::bigint, 1::tinyint, 1::tinyint, 0::tinyint, 0::tinyint, 0::tinyint, 1::tinyint),
    (date '2024-01-02', 2024::bigint, 1::tinyint, 1::tinyint, 1::tinyint, 0::tinyint, 0::tinyint, 0::tinyint)
) as rows (calendar_day, year, month, quarter, dayofweek, is_weekend, is_eoq, is_holiday);

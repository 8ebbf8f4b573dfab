-- test: ends of quarters and holidays are marked, other days are not
create table parameters as
select
    date '2023-12-24' as first_day,
    date '2024-01-02' as last_day;

create table result as
select * from (
    values
    (timestamp '2023-12-25', false, true),
    (timestamp '2023-12-31', true, false),
    (timestamp '2024-01-01', false, true)
) as rows (moment, ends_quarter, is_free);

-- test: how often counters fell, and how many rates are over a gap
create table metrics as
select * from (values (0, 'rx'), (1, 'tx')) as rows (metric, name);

create table rates as
select * from (
    values (0, true, false), (0, false, true), (0, true, false), (1, false, false)
) as rows (metric, is_reset, is_after_gap);

create table result as
select * from (values ('rx', 2, 1), ('tx', 0, 0)) as rows (metric, resets, after_gaps);

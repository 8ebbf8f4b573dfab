-- test: times in UTC stay, and no hour of them is a special one
create table bucket as
select timestamp '2024-03-31 01:30' as moment;

create table result as
select
    timestamp '2024-03-31 01:30' as moment,
    0 as kind_of_hour;

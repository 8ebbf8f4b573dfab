-- test: what neighbours tell where all is in order
create table placed as
select 7 as place;

create table result as
select
    7 as place,
    false as is_late,
    false as is_same,
    false as is_repeat,
    false as is_repeated;

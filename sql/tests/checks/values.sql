-- test: values outside the clip, NaN and too many decimals are counted; both ends of the clip lie inside
create table repeats as select 'cpu' as "column";

create table parameters as
select
    map {'cpu': 0e0} as low,
    map {'cpu': 100e0} as high,
    map {'cpu': 100e0} as scale;

create table panel as
select * from (
    values (0e0), (100e0), (12.25e0), (12.255e0), (-1e0), (100.01e0), ('nan'::double), (null)
) as rows (cpu);

create table result as
select
    7 as "cpu.present",
    4 as "cpu.inside",
    1 as "cpu.longer",
    8 as cells;

-- test: where a double tells no decimals, none are too many
create table repeats as select 'cpu' as "column";

create table parameters as
select
    map {'cpu': 0e0} as low,
    map {'cpu': 100e0} as high,
    map {'cpu': null::double} as scale;

create table panel as select 12.255e0 as cpu;

create table result as select 0 as "cpu.longer";

-- test: steps with fewer samples than they have room for; those with none are gaps
create table parameters as
select 3600 as period;

create table repeats as
select 'cpu_p95' as "column";

create table metric_steps as
select
    'cpu_p95' as metric,
    300 as seconds;

create table panel_rows as
select * from (values (12), (11), (0)) as rows (cpu_p95_samples);

create table result as
select
    'cpu_p95' as metric,
    1 as thin,
    2 as steps;

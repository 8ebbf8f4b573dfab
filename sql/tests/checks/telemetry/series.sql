-- test: zeros have no logarithm; not-a-number and what the unit forbids lie outside; nulls do not count
create table repeats as
select 'cpu' as "column";

create table parameters as
select
    ['server_type'] as peers,
    map {'cpu': 0e0} as low,
    map {'cpu': 100e0} as high;

create table panel as
select * from (
    values
    ('a', 'web', 0e0),
    ('a', 'web', 10e0),
    ('a', 'web', 1000e0),
    ('a', 'web', null),
    ('b', 'web', 'nan'::double),
    ('b', 'web', -1e0)
) as rows (server_id, server_type, cpu);

create table result as
select * from (
    values
    ('a', 'web', 4, 3, 0e0, 1000e0, 1, ln(100)),
    ('b', 'web', 2, 2, -1e0, 'nan'::double, 2, null)
) as rows (
    server_id, server_type, "panel.rows", "cpu.present", "cpu.least", "cpu.greatest", "cpu.outside", "cpu.log"
);

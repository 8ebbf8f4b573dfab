-- test: each number in the tree is a sample, of the device that the first key of its element names
create table sadf_elements as
select
    'f' as filename,
    1 as position,
    '2024-01-01' as day,
    '00:00:00' as clock,
    '60' as period,
    '{"timestamp":{"interval":60},"io":{"tps":1.50,"reads":{"rtps":2}},"disk":[{"dev":"sda","util":3}]}'::json as json;

create table sadf_hosts as
select
    'f' as filename,
    'a' as host;

create table result as
select
    concat_ws(chr(31), 'a', activity, item_name, key, item) as id,
    timestamp '2024-01-01 00:00' as moment,
    reading
from (
    values
    ('io', '', 'tps', '', '1.5'),
    ('io.reads', '', 'rtps', '', '2'),
    ('disk', 'dev', 'util', 'sda', '3')
) as rows (activity, item_name, key, item, reading);

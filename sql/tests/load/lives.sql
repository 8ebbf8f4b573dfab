-- test: a server's type, its first and last step, and how many it has
create table panel_rows as
select
    server_id,
    'web' as server_type,
    timestamp '2024-01-01' + to_hours(hour) as timestamp
from (values ('a', 1), ('a', 0), ('a', 2), ('b', 5)) as rows (server_id, hour);

create table result as
select
    server_id,
    'web' as server_type,
    timestamp '2024-01-01' + to_hours(first_hour) as first_timestamp,
    timestamp '2024-01-01' + to_hours(last_hour) as last_timestamp,
    steps
from (values ('a', 0, 2, 3), ('b', 5, 5, 1)) as rows (server_id, first_hour, last_hour, steps);

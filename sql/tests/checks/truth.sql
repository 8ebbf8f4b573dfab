-- test: an outlier without metrics contradicts itself, and an event counts only on the cells that it touches
create table touched as
select
    'a' as server_id,
    'launch' as event,
    timestamp '2024-01-01' as first_timestamp,
    timestamp '2024-01-02' as stop_timestamp;

create table panel as
select * from (
    values
    ('a', timestamp '2024-01-01', 'launch+other', 0, null),
    ('a', timestamp '2024-01-02', 'launch', 1, 'cpu'),
    ('b', timestamp '2024-01-01', null, 1, null),
    ('b', timestamp '2024-01-02', null, 0, 'cpu')
) as rows (server_id, timestamp, event_id, is_outlier, outlier_metrics);

create table result as
select
    4 as cells,
    2 as contradicting,
    3 as in_events,
    2 as outside_events;

-- Runs of steps that have no value of a metric: one row a server that has any, with its longest. Only rows without a
-- value are looked at; steps that have no row are a matter of the grid.
-- Parameters: metric (a list of one column), step_minutes. Reads: panel.
with missing as (
    select
        server_id,
        timestamp,
        row_number() over (partition by server_id order by timestamp) as position
    from panel
    where columns($metric) is null
),

runs as (
    select
        server_id,
        count(*) as steps,
        min(timestamp) as since
    from missing
    group by server_id, timestamp - to_minutes($step_minutes * position)
),

gaps as (
    select
        server_id,
        count(*) as gaps,
        sum(steps)::bigint as steps,
        max(steps) as longest,
        arg_max(since, (steps, -epoch(since))) as since
    from runs
    group by server_id
    order by server_id
)

select * from gaps

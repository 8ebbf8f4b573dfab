-- Gaps of each metric in a bucket: runs of steps without a value, as many as a metric's own step makes a gap.
-- Parameters: step (microseconds).
-- Reads: panel_rows, metric_steps (metric, steps: of the grid between its samples).
with absent as (
    select
        server_id,
        epoch_us(timestamp) // $step as number,
        unnest([
            if("{column}" is null, '{column}', null),
            null
        ]) as metric
    from panel_rows
    where
        "{column}" is null or
        false
),

numbered as (
    select
        server_id,
        metric,
        number - row_number() over (
            partition by server_id, metric
            order by number
        ) as run
    from absent
    where metric is not null
),

runs as (
    select
        server_id,
        metric,
        run,
        count(*) as steps
    from numbered
    group by all
),

lives as (
    select
        server_id,
        count(*) as steps
    from panel_rows
    group by server_id
),

gaps as (
    select
        runs.server_id,
        runs.metric,
        runs.steps = lives.steps as is_all,
        (runs.steps + 1) // metric_steps.steps - 1 as missing
    from runs
    inner join lives on runs.server_id = lives.server_id
    inner join metric_steps on runs.metric = metric_steps.metric
)

select
    metric,
    count(*) filter (not is_all) as gaps,
    coalesce(sum(missing) filter (not is_all), 0)::bigint as missing,
    max(missing) filter (not is_all) as longest,
    arg_max(server_id, (missing, server_id)) filter (not is_all) as worst,
    count(*) filter (is_all) as servers_without
from gaps
where missing > 0 or is_all
group by metric
order by metric

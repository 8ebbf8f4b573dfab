-- Runs of servers, in order, of about so many rows each.
-- Parameters: rows. Reads: panel.
with servers as (
    select
        server_id,
        count(*) as server_rows
    from panel
    group by server_id
),

numbered as (
    select
        server_id,
        server_rows,
        (sum(server_rows) over (order by server_id) - server_rows) // $rows as run
    from servers
),

runs as (
    select
        min(server_id) as first_server,
        max(server_id) as last_server,
        sum(server_rows)::bigint as run_rows
    from numbered
    group by run
    order by run
)

select * from runs

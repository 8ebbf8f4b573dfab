-- How far the rows of pairs of servers agree, one of them moved by a distance in time: how many rows both have, in how
-- many all metrics are equal, and in how many they would be by chance.
-- Parameters: metrics (columns). Reads: panel, pairs (first_server, server_id, minutes).
with ids as (
    select first_server as server_id from pairs
    union
    select server_id from pairs
),

cells as (
    select
        panel.server_id,
        panel.timestamp,
        hash(*columns($metrics)) as cell
    from panel
    semi join ids on panel.server_id = ids.server_id
),

both_cells as (
    select
        pairs.server_id,
        first_cells.cell as first_cell,
        cells.cell
    from pairs
    inner join cells as first_cells on pairs.first_server = first_cells.server_id
    inner join cells
        on pairs.server_id = cells.server_id and first_cells.timestamp + to_minutes(pairs.minutes) = cells.timestamp
),

compared as (
    select
        server_id,
        count(*) as both_rows,
        count_if(first_cell = cell)::bigint as equal
    from both_cells
    group by server_id
),

first_shares as (
    select
        server_id,
        first_cell as cell,
        count(*) as cells
    from both_cells
    group by all
),

shares as (
    select
        server_id,
        cell,
        count(*) as cells
    from both_cells
    group by all
),

chances as (
    select
        shares.server_id,
        sum(shares.cells * first_shares.cells) as products
    from shares
    inner join first_shares on shares.server_id = first_shares.server_id and shares.cell = first_shares.cell
    group by shares.server_id
),

agreement as (
    select
        compared.server_id,
        compared.both_rows,
        compared.equal,
        coalesce(chances.products, 0) / compared.both_rows as by_chance
    from compared
    left join chances on compared.server_id = chances.server_id
    order by compared.server_id
)

select * from agreement

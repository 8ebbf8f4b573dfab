-- One row a server, with some aggregates of each metric: how many values there are, the least and the greatest, how
-- many lie outside of what the unit allows, and the mean logarithm of those above 0. NaN lies outside.
-- A metric may have any plain name; names with a dot are free.
-- Repeats: column. Parameters: peers (columns that peers share), low and high by column. Reads: panel.
with series as (
    select
        count("{column}") as "{column}.present",
        min("{column}") as "{column}.least",
        max("{column}") as "{column}.greatest",
        count(*) filter (not (isfinite("{column}") and "{column}" between $low['{column}'] and $high['{column}']))
            as "{column}.outside",
        avg(ln(nullif(greatest("{column}", 0), 0))) filter (isfinite("{column}")) as "{column}.log",
        count(*) as "panel.rows",
        columns($peers),
        server_id
    from panel
    group by all
    order by server_id
)

select * from series

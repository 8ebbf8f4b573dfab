-- Panel 2: how many values of each metric fall into each of a few equal bins, by archetype. The panel is read a column
-- at a time: a group of each metric's own is faster than one of all.
-- Repeats: column. Parameters: column_first and column_width for each, last_bin. Reads: panel.
with counts as (
    select '{column}' as metric, server_type, least(floor(("{column}" - ${column}_first) / ${column}_width), $last_bin)::integer as bin, count(*) as cells from panel where "{column}" is not null group by all union all
    select null, null, null, null where false
),

distribution as (
    select * from counts
    order by server_type, metric, bin
)

select * from distribution

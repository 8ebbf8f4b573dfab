-- How many values of each metric are present, how many of them lie inside its clip, and how many have more decimals
-- than they should (none, where the scale is null: no double tells): every row counts. NaN lies outside. (isfinite is
-- not idle: a file's statistics leave NaN out, and DuckDB takes a comparison that holds for their ends for true of
-- every row. count_if takes two thirds of the time of a filter, and is null of nulls alone.)
-- A metric may have any plain name, cells too; names with a dot are free.
-- Repeats: column. Parameters: low, high and scale by column. Reads: panel.
with counts as (
    select
        count("{column}") as "{column}.present",
        coalesce(count_if(isfinite("{column}") and "{column}" between $low['{column}'] and $high['{column}']), 0)
            as "{column}.inside",
        coalesce(count_if("{column}" != round("{column}" * $scale['{column}']) / $scale['{column}']), 0)
            as "{column}.longer",
        count(*) as cells
    from panel
)

select * from counts

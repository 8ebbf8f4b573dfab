-- How many values of each metric are present, how many of them lie inside its clip, and how many have more decimals
-- than they should (none, where the scale is null: no double tells): every row counts. NaN lies outside. (isfinite is
-- not idle: a file's statistics leave NaN out, and DuckDB takes a comparison that holds for their ends for true of
-- every row.)
-- A metric may have any plain name, cells too; names with a dot are free.
-- Repeats: column. Parameters: low, high and scale by column. Reads: panel.
with counts as (
    select
        count("{column}") as "{column}.present",
        count(*) filter (isfinite("{column}") and "{column}" between $low['{column}'] and $high['{column}'])
            as "{column}.inside",
        count(*) filter ("{column}" != round("{column}" * $scale['{column}']) / $scale['{column}'])
            as "{column}.longer",
        count(*) as cells
    from panel
)

select * from counts

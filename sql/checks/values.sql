-- How many values of each metric are present, how many of them lie inside its clip, and how many have more decimals than
-- they should (from 10^15 units of the last one on, no double tells): every row counts. NaN lies
-- outside. (isfinite is not idle: a file's statistics leave NaN out, and DuckDB takes a comparison that holds for their
-- ends for true of every row.)
-- A metric may have any plain name, cells too; names with a dot are free.
-- Repeats: column. Parameters: column_low and column_high for each, decimals. Reads: panel.
with counts as (
    select
        count("{column}") as "{column}.present",
        count(*) filter (isfinite("{column}") and "{column}" between ${column}_low and ${column}_high) as "{column}.inside",
        count(*) filter ("{column}" != round("{column}", $decimals) and abs("{column}") * 10.0 ** $decimals < 1e15) as "{column}.longer",
        count(*) as cells
    from panel
)

select * from counts

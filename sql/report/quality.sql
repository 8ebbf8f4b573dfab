-- Panel 7, and the range that panel 2 covers: how many values there are, the least and the greatest, and how many lie
-- at the ends of the clip; by archetype and metric.
-- Repeats: column. Parameters: column_low and column_high for each. Reads: panel.
with counts as (
    select
        count("{column}") as "{column}.present",
        min("{column}") as "{column}.least",
        max("{column}") as "{column}.greatest",
        count_if("{column}" <= ${column}_low) as "{column}.at_low",
        count_if("{column}" >= ${column}_high) as "{column}.at_high",
        count(*) as "panel.cells",
        server_type
    from panel
    group by server_type
),

quality as (
    select
        server_type,
        "panel.cells" as cells,
        unnest(
            [
                {'metric': '{column}', 'present': "{column}.present", 'least': "{column}.least", 'greatest': "{column}.greatest", 'at_low': "{column}.at_low", 'at_high': "{column}.at_high"},
            ],
            recursive := true
        )
    from counts
)

select * from quality
order by all

-- All rows, as one group of each archetype. Reads: panel.
with grouped as (
    select
        *,
        '' as "panel.group"
    from panel
)

select * from grouped

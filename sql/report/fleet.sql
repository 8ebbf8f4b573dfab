-- The page's head: servers by archetype, region, criticality and business unit, counted at the first timestamp.
-- Parameters: first_timestamp. Reads: panel.
with servers as (
    select
        unnest(
            [
                {'attribute': 'archetype', 'name': server_type},
                {'attribute': 'region', 'name': region},
                {'attribute': 'criticality', 'name': criticality},
                {'attribute': 'business unit', 'name': business_unit},
            ],
            recursive := true
        )
    from panel
    where timestamp = $first_timestamp
),

fleet as (
    select
        attribute,
        name,
        count(*) as servers
    from servers
    group by all
    order by attribute, servers desc, name
)

select * from fleet

-- The head of a page about telemetry: servers by label, each server counted once, whenever it is there.
-- Parameters: labels (server_type among them). Reads: panel.
with labelled as (
    select distinct
        server_id,
        columns($labels)
    from panel
),

named as (
    unpivot labelled on columns(* exclude (server_id)) into name attribute value name
),

labels as (
    select
        case when attribute = 'server_type' then 'archetype' else replace(attribute, '_', ' ') end as attribute,
        name,
        count(*) as servers
    from named
    group by all
    order by attribute, servers desc, name
)

select * from labels

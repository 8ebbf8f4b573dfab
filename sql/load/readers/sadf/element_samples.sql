-- The samples of sadf -j: a series is a host (of its file), an activity (its keys), a key, and a device or a CPU, which
-- the first key of an element in a list says.
-- Reads: sadf_elements, sadf_hosts (filename, host).
with objects as (
    select
        elements.filename,
        elements.position,
        elements.day,
        elements.clock,
        tree.fullkey as path,
        tree.value as object
    from sadf_elements as elements, json_tree(elements.json) as tree
    where
        coalesce(elements.period, '') != '0'
        and tree.type = 'OBJECT'
        and tree.fullkey not in ('$', '$.timestamp')
),

keyed as (
    select
        *,
        ends_with(path, ']') as has_item,
        json_keys(object) as keys
    from objects
),

cells as (
    select
        filename,
        position,
        day,
        clock,
        regexp_replace(replace(path[3:], '"', ''), '\[[0-9]+\]$', '') as activity,
        if(has_item, object ->> ('$."' || keys[1] || '"'), '') as item,
        if(has_item, keys[1], '') as item_name,
        unnest(if(has_item, keys[2:], keys)) as key,
        object
    from keyed
),

leaves as (
    select
        *,
        object -> ('$."' || key || '"') as leaf
    from cells
)

select
    leaves.filename,
    leaves.position,
    concat_ws(chr(31), hosts.host, leaves.activity, leaves.item_name, leaves.key, leaves.item) as id,
    try_strptime(leaves.day || ' ' || leaves.clock, '%Y-%m-%d %H:%M:%S') as moment,
    leaf ->> '$' as reading
from leaves
inner join sadf_hosts as hosts on leaves.filename = hosts.filename
where json_type(leaf) not in ('OBJECT', 'ARRAY')

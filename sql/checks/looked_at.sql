-- The cells of a view, with the numbers of their archetype and group, as arrays of sums need them: strings would take
-- longer than all else. The archetype has the number of its place in a list from 0 on, and -1 where it is not there.
-- A value that is null is minus infinity, which lies outside of every clip as well, but below every threshold.
-- Parameters: columns, types (names of archetypes), rows (the view).
with looked_at as (
    select
        coalesce(columns($columns), '-infinity'::double),
        (coalesce(list_position($types, server_type), 0) - 1)::integer as "panel.type",
        "panel.group",
        timestamp
    from query_table($rows)
)

select * from looked_at

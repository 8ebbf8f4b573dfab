-- The rows of some data files, with the year and the server type that the two folders above each file say.
-- Folders further up say nothing, whatever they are called.
-- Parameters: files (structs, whose paths are never patterns), partition (a regular expression for a path's end),
-- columns (to read where they are there; null for all).
with files as (
    select *
    from read_parquet($files, hive_partitioning = false, union_by_name = true, filename = 'panel.file')
),

keyed as (
    select
        columns(
            lambda name: name = 'panel.file'
            or (name not in ('year', 'server_type') and coalesce(list_contains($columns::varchar[], name), true))
        ),
        regexp_extract("panel.file", $partition, ['year', 'server_type']) as "panel.keys"
    from files
)

select
    * exclude ("panel.file", "panel.keys"),
    "panel.keys".server_type,
    try_cast("panel.keys".year as bigint) as year
from keyed

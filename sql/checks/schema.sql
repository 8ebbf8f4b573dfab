-- The distinct schemas of the files: most datasets have one. A reader takes types from one file and casts the
-- others, so a file with a type of its own must be looked for in the files themselves.
-- Parameters: files.
with file_schemas as (
    select
        file_name,
        list(name order by column_id) as names,
        list(duckdb_type order by column_id) as types
    from parquet_schema($files)
    where column_id > 0
    group by file_name
),

schemas as (
    select
        names,
        types,
        count(*) as files,
        min(file_name) as first_file
    from file_schemas
    group by names, types
    order by files, first_file
)

select * from schemas

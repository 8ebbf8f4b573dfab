-- test: a value takes its text and a comma or line end, a null the latter alone; only the first rows are written
create table parameters as
select
    ['year=2024/server_type=web/part_0.parquet'] as files,
    'year=([^/]+)/server_type=([^/]+)/[^/]+$' as partition,
    2 as rows;

copy (
    select * from (
        values ('a', 12.5e0, 2024, 'web'), ('bb', null, 2024, 'web'), ('ccc', 1e0, 2024, 'web')
    ) as rows (server_id, cpu, year, server_type)
) to '.' (format parquet, partition_by (year, server_type), filename_pattern 'part_{i}');  -- noqa: PRS

create table result as
select
    2 as "panel.sampled",
    5 as server_id,
    6 as cpu,
    10 as year,
    8 as server_type;

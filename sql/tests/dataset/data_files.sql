-- test: year and server type are those of the two folders above a file, whatever folders further up say
create table parameters as
select
    ['edition=1999/year=2024/server_type=web/part_0.parquet'] as files,
    'year=([^/]+)/server_type=([^/]+)/[^/]+$' as partition,
    null as columns;

copy (
    select
        'a' as server_id,
        12.5e0 as cpu,
        1999 as edition,
        2024 as year,
        'web' as server_type
) to '.' (format parquet, partition_by (edition, year, server_type), filename_pattern 'part_{i}');  -- noqa: PRS

create table result as
select
    'a' as server_id,
    12.5e0 as cpu,
    2024 as year,
    'web' as server_type;

-- test: only wanted columns are read, and none where no file has any of them
create table parameters as
select
    ['year=2024/server_type=web/part_0.parquet'] as files,
    'year=([^/]+)/server_type=([^/]+)/[^/]+$' as partition,
    ['cpu', 'timestamp'] as columns;

copy (
    select
        'a' as server_id,
        2024 as year,
        'web' as server_type
) to '.' (format parquet, partition_by (year, server_type), filename_pattern 'part_{i}');  -- noqa: PRS

create table result as
select
    'web' as server_type,
    2024 as year;

-- The rows of Parquet files, with the position of each row's file in `files`.
-- Parameters: files (structs, whose paths are never patterns).
select
    *,
    file_index
from read_parquet($files, union_by_name = true, hive_partitioning = false)

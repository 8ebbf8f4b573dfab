-- The staged samples of some buckets.
-- Parameters: files (structs, whose paths are never patterns).
select *
from read_parquet($files, hive_partitioning = false)

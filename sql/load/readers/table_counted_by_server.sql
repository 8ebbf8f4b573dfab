-- The rows of files of several servers without a clock: a row's number among its server's, from 0, stands for its time.
-- Reads: uncounted_columns.
select
    * replace (
        row_number() over (
            partition by file, server
            order by position
        ) - 1 as time
    )
from uncounted_columns

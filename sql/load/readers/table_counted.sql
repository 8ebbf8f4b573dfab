-- The rows of files without a clock: a row's number in its file, from 0, stands for its time.
-- Reads: uncounted_columns.
with firsts as (
    select
        file,
        min(position) as first_position
    from uncounted_columns
    group by file
)

select uncounted_columns.* replace (uncounted_columns.position - firsts.first_position as time)
from uncounted_columns
inner join firsts on uncounted_columns.file = firsts.file

-- What tells the columns of some servers from others, one row a server: for each column the exact sum of a 64-bit hash
-- of its values with their timestamps. Rows may stand in any order and in any file; one value that differs in one bit
-- changes the sum. The sign is hashed, too: to a hash, -0.0 is 0.0.
-- Parameters: numbers (floating-point columns), others (columns), rows (the view that holds them). Neither list may be
-- empty: one of no columns names panel.nothing.
with rows as (
    select
        *,
        0e0 as "panel.nothing"
    from query_table($rows)
),

fingerprints as (
    select
        server_id,
        sum(hash(timestamp, columns($numbers), signbit(columns($numbers)))),
        sum(hash(timestamp, columns($others)))
    from rows
    group by server_id
    order by server_id
)

select * from fingerprints

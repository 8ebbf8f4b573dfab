-- What tells the columns of some servers from others, one row a server: for each column the 64-bit hashes of its
-- values with their timestamps, combined by exclusive or, which is quicker than to add them up. Rows may stand in any
-- order and in any file; one value that differs in one bit changes the outcome. (Two rows that are the same cancel out:
-- that a timestamp stands there once, other rules prove.) The sign is hashed, too: to a hash, -0.0 is 0.0.
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
        bit_xor(hash(timestamp, columns($numbers), signbit(columns($numbers)))),
        bit_xor(hash(timestamp, columns($others)))
    from rows
    group by server_id
    order by server_id
)

select * from fingerprints

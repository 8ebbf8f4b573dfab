-- What tells the columns of some servers from others, one row a server: for each column the exact sum of a 64-bit hash
-- of its values with their timestamps. Rows may stand in any order and in any file; one value that differs in one bit
-- changes the sum. The sign is hashed, too: to a hash, -0.0 is 0.0.
-- Repeats: number (a floating-point column); other (any other column). Parameters: rows (the view that holds them).
with fingerprints as (
    select
        server_id,
        sum(hash(timestamp, "{number}", signbit("{number}"))) as "{number}",
        sum(hash(timestamp, "{other}")) as "{other}",
        count(*) as "panel.rows"
    from query_table($rows)
    group by server_id
    order by server_id
)

select * from fingerprints

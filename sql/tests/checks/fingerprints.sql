-- test: what hashes combine to does not depend on the order of rows, and knows the sign of a zero
create table parameters as
select
    ['cpu'] as numbers,
    ['is_eoq'] as others,
    'made' as rows;

create table made as
select * from (
    values
    ('a', timestamp '2024-01-02', -0e0, 1),
    ('a', timestamp '2024-01-01', 5e0, 0)
) as rows (server_id, timestamp, cpu, is_eoq);

create table result as
select
    'a' as server_id,
    xor(hash(timestamp '2024-01-01', 5e0, false), hash(timestamp '2024-01-02', -0e0, true)) as cpu,
    xor(hash(timestamp '2024-01-01', 0), hash(timestamp '2024-01-02', 1)) as is_eoq;

-- test: where there are no floating-point columns, the others have theirs
create table parameters as
select
    ['panel.nothing'] as numbers,
    ['is_eoq'] as others,
    'made' as rows;

create table made as
select
    'a' as server_id,
    timestamp '2024-01-01' as timestamp,
    1 as is_eoq;

create table result as
select
    'a' as server_id,
    hash(timestamp '2024-01-01', 1) as is_eoq;

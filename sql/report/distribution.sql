-- Panel 2: how many values of a metric fall into each of a few equal bins, by archetype. A query for each metric reads
-- the panel a column at a time, and groups faster than one of all metrics.
-- Parameters: metric (a list of one column), first, width, last_bin. Reads: panel.
with bins as (
    select
        server_type,
        least(floor((columns($metric) - $first) / $width), $last_bin)::integer as bin
    from panel
    where columns($metric) is not null
),

distribution as (
    select
        server_type,
        bin,
        count(*) as cells
    from bins
    group by server_type, bin
    order by server_type, bin
)

select * from distribution

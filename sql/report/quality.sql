-- Panel 7, and the range that panel 2 covers: how many values of a metric there are, the least and the greatest, and
-- how many lie at the ends of the clip; by archetype. A query for each metric, as for panel 2.
-- Parameters: metric (a list of one column), low, high. Reads: panel.
with quality as (
    select
        server_type,
        count(*) as cells,
        count(columns($metric)) as present,
        min(columns($metric)) as least,
        max(columns($metric)) as greatest,
        count_if(columns($metric) <= $low) as at_low,
        count_if(columns($metric) >= $high) as at_high
    from panel
    group by server_type
    order by server_type
)

select * from quality

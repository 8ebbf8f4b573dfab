-- Panel 4: the mean of each metric by weekday and hour of the day, or by weekday and month where rows are daily; by
-- archetype, and with an empty archetype over the whole fleet.
-- Parameters: by_month. Reads: hour_sums.
with parts as (
    select
        server_type,
        metric,
        isodow(hour) - 1 as weekday,
        case when $by_month then month(hour) else hour(hour) end as part,
        total,
        present
    from hour_sums
),

heat_map as (
    select
        coalesce(server_type, '') as server_type,
        metric,
        weekday,
        part,
        sum(total) / sum(present) as mean
    from parts
    group by grouping sets ((server_type, metric, weekday, part), (metric, weekday, part))
    order by all
)

select * from heat_map

-- One value for each server, metric and place: that of several devices joined.
-- A sum of which a part is missing is not known. Sums and means add in the order of the devices' names.
-- Reads: converted, joins (metric, how), devices (device, name).
with alone as (
    select
        metric,
        server,
        place,
        value,
        samples
    from converted
    where metric not in (select metric from joins)
),

together as (
    select
        converted.metric,
        converted.server,
        converted.place,
        case joins.how
            when 'sum' then if(count(*) = count(value), sum(value order by devices.name), null)
            when 'mean' then avg(value order by devices.name)
            when 'max' then max(value)
            else min(value)
        end as value,
        max(samples) as samples
    from converted
    inner join joins on converted.metric = joins.metric
    left join devices on converted.device = devices.device
    group by converted.metric, converted.server, converted.place, joins.how
)

select * from alone
union all
select * from together

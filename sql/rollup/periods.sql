-- One row a server and period: the 95th percentile, mean and maximum of each metric. Where values are means, minima or
-- maxima of their steps, which are equally long: the mean of means, weighed by the samples behind each where known, the
-- least minimum, the greatest maximum.
-- P95 is quantile_cont: with n values in order, number 0.95 (n - 1) counted from 0, between neighbours in a straight
-- line. Nulls do not count; a period without any value has null. A flag is 1 where it is in any step of the period.
-- Of the truth there are its flags, the ids of each step, every one once, and the state that most steps have, the first
-- by name of several, with their share. Its expected means are left out: no P95 follows from them.
-- Parameters: first, last (servers), unit (day or hour), whole_steps (steps in a whole period).
-- Reads: panel.
with steps as (
    select
        * replace (
            string_split("{ids}", '+') as "{ids}",
            timestamp as timestamp
        ),
        date_trunc($unit, timestamp) as "panel.period"
    from panel
    where server_id between $first and $last
),

periods as (
    select
        "panel.period"::timestamp as "panel.start",
        quantile_cont("{raw}", 0.95) as "{tail}", avg("{raw}") as "{key}_mean", max("{raw}") as "{key}_max",
        avg("{mean}") as "{mean}",
        sum("{weighed}" * "{count}") / sum("{count}") filter ("{weighed}" is not null) as "{weighed}",
        sum("{counted}")::integer as "{counted}",
        min("{least}") as "{least}",
        max("{greatest}") as "{greatest}",
        count(*)::integer as samples,
        (count(*) < $whole_steps)::tinyint as is_partial,
        min("{label}") as "{label}",
        min(month) as month,
        min(quarter) as quarter,
        min(dayofweek) as dayofweek,
        max(is_weekend) as is_weekend,
        max(is_eoq) as is_eoq,
        max(is_holiday) as is_holiday,
        max("{flag}") as "{flag}",
        list_aggregate(list_sort(list_distinct(flatten(list("{ids}") filter ("{ids}" is not null)))), 'string_agg', '+')
            as "{ids}",
        histogram("{state}") as "{state}",
        list_max(map_values(histogram("{state}"))) / count("{state}") as "{state}_share",
        server_id as "panel.server"
    from steps
    group by all
),

ordered as (
    select
        "panel.start" as timestamp,
        "panel.server" as server_id,
        * exclude ("panel.start", "panel.server") replace (
            map_keys("{state}")[list_position(map_values("{state}"), list_max(map_values("{state}")))] as "{state}",
            samples as samples
        )
    from periods
    order by "panel.server", "panel.start"
)

select * from ordered

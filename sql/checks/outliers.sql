-- The weights of values that lie above and below the thresholds that tell outliers, by archetype.
-- Repeats: column. Parameters: bucket_minutes. Reads: grouped, outlier_thresholds.
with weighed as (
    select
        case when panel."{column}" > thresholds."{column}.high" then thresholds."{column}.high_weight" end as "{column}.high",
        case when panel."{column}" < thresholds."{column}.low" then thresholds."{column}.low_weight" end as "{column}.low",
        panel.server_type
    from grouped as panel
    inner join outlier_thresholds as thresholds
        on
            panel.server_type = thresholds.server_type
            and panel."panel.group" = thresholds."group"
            and time_bucket(to_minutes($bucket_minutes), panel.timestamp) = thresholds.hour
),

outliers as (
    select
        coalesce(sum("{column}.high"), 0) as "{column}.high",
        coalesce(sum("{column}.low"), 0) as "{column}.low",
        server_type
    from weighed
    group by server_type
)

select * from outliers

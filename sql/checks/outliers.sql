-- The weights of values that lie above and below the thresholds that tell outliers, by archetype.
-- Repeats: column. Parameters: bucket_minutes. Reads: grouped, outlier_thresholds.
with weighed as (
    select
        if(panel."{column}" > thresholds."{column}.high", thresholds."{column}.high_weight", null) as "{column}.high",
        if(panel."{column}" < thresholds."{column}.low", thresholds."{column}.low_weight", null) as "{column}.low",
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

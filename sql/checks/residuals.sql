-- One pass over the cells with what the model expects of their archetype and hour beside them: correlations of the
-- standardised residuals, correlations of the plain values, and the weight of values above a threshold.
--
-- Residuals count where neither metric of the pair is clipped, and no spike is seen. Spikes are not marked in the
-- data: a cell in which any metric lies more than its `cut` above its mean passes for one. What that misses, and what
-- it drops too much, the expectation knows.
-- Repeats: column; left and right. Parameters: low, high and cut by column, bucket_minutes.
-- Reads: grouped, expected.
with standardised as (
    select
        (panel."{column}" - expected."{column}.mean") / expected."{column}.sd" as "{column}.z",
        isfinite(panel."{column}") and panel."{column}" between $low['{column}'] and $high['{column}']
            as "{column}.inside",
        panel."{column}",
        expected."{column}.threshold",
        expected."{column}.weight",
        panel.server_type
    from grouped as panel
    inner join expected
        on
            panel.server_type = expected.server_type
            and panel."panel.group" = expected."group"
            and time_bucket(to_minutes($bucket_minutes), panel.timestamp) = expected.hour
),

calm as (
    select
        (
            ("{column}.z" <= $cut['{column}']) is not false and
            true
        ) as "panel.is_calm",
        *
    from standardised
),

residuals as (
    select
        "panel.is_calm" and "{column}.inside" and "{column}" > $low['{column}'] and "{column}" < $high['{column}']
            as "{column}.counts",
        if("{column}.counts", "{column}.z", null) as "{column}.residual",
        if("{column}.inside", "{column}", null) as "{column}.value",
        if("{column}.value" > "{column}.threshold", "{column}.weight", null) as "{column}.exceeding",
        server_type
    from calm
),

measured as (
    select
        sum("{column}.exceeding") as "{column}.exceeded",
        corr("{left}.residual", "{right}.residual") as "{left}~{right}.residual",
        regr_count("{left}.residual", "{right}.residual") as "{left}~{right}.cells",
        corr("{left}.value", "{right}.value") as "{left}~{right}.raw",
        server_type
    from residuals
    group by server_type
)

select * from measured

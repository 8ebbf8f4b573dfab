-- The end-of-quarter ramp: over the last `eoq_window_days` days of a month that ends a quarter, the factor
-- climbs in equal steps to 1 + eoq_peak on the last day. The months are a setting, so that a fiscal year
-- may end its quarters elsewhere; that is why the days left are counted to the end of the month.
-- Reads: eoq_settings.

create or replace macro days_to_month_end(ts) as
    date_diff('day', ts::date, last_day(ts::date));

create or replace macro eoq_factor(ts) as (
    select
        case
            when ts is null
                then null
            when list_contains(eoq_months, month(ts)) and days_to_month_end(ts) < eoq_window_days
                then 1 + eoq_peak * (eoq_window_days - days_to_month_end(ts)) / eoq_window_days
            else 1
        end::double
    from eoq_settings
);

-- The end-of-quarter ramp: over the last `eoq_window_days` days of a month that ends a quarter, the factor
-- climbs in equal steps to 1 + eoq_peak on the last day. The months are a setting, so that a fiscal year
-- may end its quarters elsewhere; that is why the days left are counted to the end of the month.
-- Reads: eoq_settings, holiday_dates.

-- Days from this one to the last of the month, which has 0.
create or replace macro days_to_month_end(ts) as (
    date_diff('day', ts::date, last_day(ts::date))
);

-- Mondays to Fridays after this day, to the end of the month, that are no holidays: a weekend has as many left as the
-- Friday before it.
create or replace macro business_days_to_month_end(ts) as (
    select
        count(*) filter (
            not is_weekend(later_day) and later_day::date not in (select holiday_date from holiday_dates)
        )
    from (select unnest(generate_series(ts::date + 1, last_day(ts::date), interval 1 day)) as later_day)
);

-- The factor of the ramp; 1 outside of it.
create or replace macro eoq_factor(ts) as (
    select
        case
            when ts is null
                then null
            when not list_contains(eoq_months, month(ts))
                then 1
            else
                1 + eoq_peak * greatest(
                    eoq_window_days - case
                        when eoq_business_days
                            then business_days_to_month_end(ts)
                        else days_to_month_end(ts)
                    end,
                    0
                ) / eoq_window_days
        end::double
    from eoq_settings
);

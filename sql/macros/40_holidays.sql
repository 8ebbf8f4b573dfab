-- Holidays: the flag comes from the dates of a holiday calendar; the factor from a table of days, or from these dates
-- where they have an effect of their own.
-- Reads: holiday_dates, holiday_span, holiday_factors, holiday_effect.

-- Whether this is a holiday. A day outside the loaded calendar is an error, not a working day.
create or replace macro is_holiday(ts) as (
    case
        when ts::date between (select holidays_from from holiday_span) and (select holidays_to from holiday_span)
            then ts::date in (select holiday_date from holiday_dates)
        when ts is not null
            then error(
                'is_holiday: ' || ts::date || ' lies outside the loaded holidays; '
                || 'print the macros again with --start-date and --end-date around it'
            )
    end
);

-- Days to the nearest holiday, before or after; 0 on one.
create or replace macro days_to_nearest_holiday(ts) as (
    select min(abs(date_diff('day', ts::date, holiday_date)))
    from holiday_dates
);

-- The factor of the day, 1 on ordinary ones. The effect of the dates comes first, on the day itself
-- and on its shoulders; then the first row that matches.
create or replace macro holiday_factor(ts) as (
    case
        when ts is not null
            then coalesce(
                (
                    select
                        case
                            when days_to_nearest_holiday(ts) = 0 then effect_factor
                            when days_to_nearest_holiday(ts) <= shoulder_days then shoulder_factor
                        end
                    from holiday_effect
                ),
                (
                    select arg_min(rule_factor, rule_position)
                    from holiday_factors
                    where rule_month = month(ts) and day(ts) between rule_first_day and rule_last_day
                ),
                1
            )::double
    end
);

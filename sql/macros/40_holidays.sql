-- Holidays: the flag comes from the dates of a holiday calendar, the factor from a table of days.
-- Reads: holiday_dates, holiday_span, holiday_factors.

-- A day outside the loaded calendar is an error, not a working day.
create or replace macro is_holiday(ts) as
    case
        when ts::date between (select holidays_from from holiday_span) and (select holidays_to from holiday_span)
            then ts::date in (select holiday_date from holiday_dates)
        when ts is not null
            then error(
                'is_holiday: ' || ts::date || ' lies outside the loaded holidays; '
                || 'print the macros again with --start-date and --end-date around it'
            )
    end;

-- The first row that matches holds.
create or replace macro holiday_factor(ts) as
    case
        when ts is not null
            then coalesce(
                (
                    select arg_min(rule_factor, rule_position)
                    from holiday_factors
                    where rule_month = month(ts) and day(ts) between rule_first_day and rule_last_day
                ),
                1
            )::double
    end;

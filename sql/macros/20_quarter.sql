-- Quarter arithmetic. Quarters are those of the calendar year.

-- The last day of the quarter.
create or replace macro quarter_end(ts) as (
    last_day(date_trunc('quarter', ts)::date + interval 2 months)
);

-- Days from this one to the last of the quarter, which has 0.
create or replace macro days_to_quarter_end(ts) as (
    date_diff('day', ts::date, quarter_end(ts))
);

-- Whether this is the last day of the quarter.
create or replace macro is_eoq(ts) as (
    days_to_quarter_end(ts) = 0
);

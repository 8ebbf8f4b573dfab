-- Flags of a day that need no setting.

-- 0 = Monday … 6 = Sunday, as pandas and Python count.
create or replace macro day_of_week(ts) as (
    isodow(ts) - 1
);

-- Saturday or Sunday.
create or replace macro is_weekend(ts) as (
    isodow(ts) >= 6
);

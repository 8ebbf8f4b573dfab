-- Business hours, both ends included: with 9 and 17, 17:59 still counts.
-- Reads: business_hours.

-- Whether the hour is one of them.
create or replace macro is_business_hour(ts) as (
    select hour(ts::timestamp) between first_hour and last_hour
    from business_hours
);

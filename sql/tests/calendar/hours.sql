-- test: the hours of a day, of which those from 9 to 17 are business hours
create table result as
select
    unnest(range(24))::tinyint as local_hour,
    unnest(range(24)) between 9 and 17 as is_business_hour;

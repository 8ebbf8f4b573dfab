-- One row a sample, as a reader found it and in its order, with what is wrong with it.
-- fault: 0 nothing; 1 empty; 2 stands for none; 3 no number; 4 not finite; 5 no time; 6 no server.
-- Parameters: texts and numbers (that stand for none), strip (a regular expression to cut off a server's name, or
-- null), lower (whether names become lower case), buckets (how many parts the servers are dealt to).
-- Reads: readings.
with named as (
    select
        * exclude (server),
        coalesce(regexp_replace(server, $strip, ''), server) as found
    from readings
),

judged as (
    select
        * exclude (found),
        if($lower, lower(found), found) as server,
        case
            when isfinite(value) and moment is not null and found <> '' and not list_contains($numbers, value) then 0
            when coalesce(found, '') = '' then 6
            when moment is null then 5
            when reading is not null and list_contains($texts, trim(reading)) then 2
            when reading is not null then 3
            when value is null then 1
            when list_contains($numbers, value) then 2
            else 4
        end::tinyint as fault
    from named
)

select
    * replace (
        if(fault = 0, value, null) as value,
        if(fault in (3, 5), coalesce(reading, ''), null) as reading
    ),
    (hash(server) % $buckets::ubigint)::usmallint as bucket
from judged

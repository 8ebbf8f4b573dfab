-- Values in the unit that is wanted; those outside of what it allows are kept, clipped to it, or dropped.
-- Parameters: out_of_range (keep, clip or drop).
-- Reads: expressed, factors (metric, multiplier, divisor, lowest, highest).
with scaled as (
    select
        expressed.* replace (
            if(
                factors.multiplier = factors.divisor, expressed.value,
                expressed.value * factors.multiplier / factors.divisor
            ) as value
        ),
        factors.lowest,
        factors.highest
    from expressed
    inner join factors on expressed.metric = factors.metric
)

select
    * exclude (lowest, highest) replace (
        case
            when $out_of_range = 'keep' or value between lowest and highest then value
            when $out_of_range = 'clip' and value is not null then least(greatest(value, lowest), highest)
        end as value
    ),
    value < lowest or value > highest as is_outside
from scaled

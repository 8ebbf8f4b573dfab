-- The servers whose flag of a day is not that of most servers.
-- Parameters: flag (a list of one column), calendar_day. Reads: panel.
with flags as (
    select distinct
        server_id,
        columns($flag) as flag
    from panel
    where timestamp::date = $calendar_day
),

usual as (
    select mode(flag) as flag
    from flags
),

odd as (
    select distinct flags.server_id
    from flags
    inner join usual on flags.flag is distinct from usual.flag
    order by flags.server_id
)

select * from odd

-- How many cells the truth flags. Reads: panel.
with flagged as (
    select
        count(*) as cells,
        count(*) filter (is_outlier = 1) as outliers,
        count(event_id) as in_events
    from panel
)

select * from flagged

-- test: the forms of the stamps of a file, headers apart
create table grafana_rows as
select
    'f' as filename,
    unnest([
        ['1704067200000'], ['2024-01-01T00:00:00Z'], ['2024-01-01 00:00:00'], ['Time'], ['31.01.2024 00:00'],
        ['01/31/2024 09:00 PM']
    ]) as fields;

create table grafana_times as
select
    'f' as filename,
    1 as time_column,
    'Time' as time_name;

create table result as
select
    5 as total,
    1 as numbers,
    1 as zoned,
    1 as headers,
    2 as with_day,
    1 as with_points,
    1 as with_halves,
    31 as largest_first,
    31 as largest_second;

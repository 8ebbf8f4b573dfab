-- test: which samples stand behind later ones, and which share a time or a place
create table placed as
select
    3 as metric,
    server,
    null::integer as device,
    instant,
    instant // 60 as place,
    ordinal
from (values (5, 57, 2), (5, 58, 1), (5, 120, 3), (5, 120, 4), (6, 0, 0)) as samples (server, instant, ordinal);

create table result as
select * from (
    values
    (2, false, false, false, true),
    (1, true, false, true, false),
    (3, false, false, false, true),
    (4, false, true, true, false),
    (0, false, false, false, false)
) as rows (ordinal, is_late, is_same, is_repeat, is_repeated);

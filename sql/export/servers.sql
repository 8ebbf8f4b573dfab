-- The chosen columns of each server's first row, in the order of the servers.
-- Parameters: stop (timestamp). Reads: wanted.
select arg_min_null(columns(* exclude (sort_server, sort_timestamp)), sort_timestamp)
from wanted
where sort_timestamp < $stop
group by sort_server
order by sort_server

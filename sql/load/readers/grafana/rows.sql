-- The rows of one file of the panel inspector, with their values in order.
-- Parameters: file, delimiter, encoding, skip (lines before the header), columns. Reads: the file.
select
    filename,
    row_number() over () as position,
    list_value(*columns(* exclude (filename))) as fields
from read_csv(
    $file,
    sep = $delimiter,
    quote = '"',
    escape = '"',
    encoding = $encoding,
    skip = $skip,
    header = true,
    auto_detect = false,
    columns = $columns,
    filename = true
)

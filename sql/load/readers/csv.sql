-- The lines of CSV files of one form, all values as text, with the position of each line's file in `files`.
-- Parameters: files (structs, whose paths are never patterns), columns (types by name), delimiter, header, skip,
-- comment, encoding.
select
    *,
    file_index
from read_csv(
    $files,
    columns = $columns,
    delim = $delimiter,
    header = $header,
    skip = $skip,
    comment = $comment,
    encoding = $encoding,
    auto_detect = false,
    quote = '"',
    escape = '"'
)

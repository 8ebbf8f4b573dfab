"""The rows of a table's files, whatever their format, as relations of DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.dataset.reading.lockdown import check_statement
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.readers.given_files import head_of, is_parquet
from capgen.telemetry.readers.mapping import CsvSection, Mapping
from capgen.telemetry.readers.mapping_types import AUTO
from capgen.telemetry.readers.table.csv_form import Form, delimiter_line, form_of

_NDJSON = re.compile(r"\.(nd)?json(l|lines)?(\.gz|\.zst)?$", re.IGNORECASE)
_QUERIES = {"parquet": "load/readers/parquet", "ndjson": "load/readers/ndjson"}


@dataclass(frozen=True, slots=True)
class TablePart:
    """Rows of some files that have the same columns.

    Args:
        relation: the rows, with `file_index`.
        files: positions of these files among the exports.
        columns: the columns' names.
        types: the columns' types, as DuckDB names them.
    """

    relation: Any
    files: tuple[int, ...]
    columns: tuple[str, ...]
    types: tuple[str, ...]


def table_parts(
    connection: sql.Connection, files: Sequence[Path], mapping: Mapping
) -> tuple[list[TablePart], list[AccountLine]]:
    """Return the rows of a table, part by part, and what was guessed of their form.

    Args:
        connection: the database that reads them.
        files: the exports; none for a SQL statement.
        mapping: what the user says of them.

    Raises:
        RequestError: the files are of several formats, or the statement does not only read.
        CapgenError: a file is not what its name says.
    """
    if mapping.sql is not None:
        check_statement(mapping.sql)
        return [_part(connection.sql(mapping.sql).project("*, 0 as file_index"), (0,))], []
    kinds = sorted({_kind_of(file) for file in files})
    if len(kinds) > 1:
        raise RequestError(f"exports: expected files of one format, got {' and '.join(kinds)}")
    if kinds[0] == "csv":
        return _csv_parts(connection, files, mapping.csv)
    query = sql.query_text(_QUERIES[kinds[0]])
    rows = connection.sql(query, params={"files": literal(files)})
    return [_part(rows, tuple(range(len(files))))], []


def _kind_of(file: Path) -> str:
    if is_parquet(file):
        return "parquet"
    return "ndjson" if _NDJSON.search(file.name) else "csv"


def _csv_parts(
    connection: sql.Connection, files: Sequence[Path], section: CsvSection
) -> tuple[list[TablePart], list[AccountLine]]:
    forms: dict[Form, list[int]] = {}
    for position, file in enumerate(files):
        forms.setdefault(form_of(file, head_of(file), section), []).append(position)
    _check_one_delimiter(forms, files)
    parts = list(_csv_part(connection, files, forms, section))
    guesses = [delimiter_line(next(iter(forms)))] if section.delimiter == AUTO else []
    return parts, guesses


def _check_one_delimiter(forms: dict[Form, list[int]], files: Sequence[Path]) -> None:
    by_delimiter = {form.delimiter: files[of[0]].name for form, of in forms.items()}
    if len(by_delimiter) > 1:
        found = ", ".join(f"{each!r} in {name}" for each, name in by_delimiter.items())
        raise RequestError(
            f"csv.delimiter: expected the same in all files, got {found}; load them apart"
        )


def _csv_part(
    connection: sql.Connection,
    files: Sequence[Path],
    forms: dict[Form, list[int]],
    section: CsvSection,
) -> Iterator[TablePart]:
    query = "load/readers/csv"
    for number, (form, positions) in enumerate(forms.items()):
        parameters = {
            "files": literal([files[position] for position in positions]),
            "columns": dict.fromkeys(form.columns, "VARCHAR"),
            "delimiter": form.delimiter,
            "header": section.columns is None,
            "skip": section.skip,
            "comment": section.comment or "",
            "encoding": section.encoding,
        }
        view = f"csv_rows_{number}"  # DuckDB joins no rows that have parameters of the same name
        sql.view_query(connection, view, query, parameters)
        yield _part(connection.view(view), tuple(positions))


def _part(relation: Any, files: tuple[int, ...]) -> TablePart:
    columns = tuple(relation.columns[:-1])
    types = tuple(map(str, relation.types[:-1]))
    return TablePart(relation, files, columns, types)

"""The rows of a table's files, whatever their format, as relations of DuckDB."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from capgen import sql
from capgen.dataset.data_files import literal
from capgen.dataset.reading.lockdown import check_statement
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.readers.given_files import columns_of_parquet, head_of, is_parquet
from capgen.telemetry.readers.mapping import CsvSection, Mapping
from capgen.telemetry.readers.mapping_types import AUTO
from capgen.telemetry.readers.table.csv_form import Form, delimiter_line, form_of

_NDJSON = re.compile(r"\.(nd)?json(l|lines)?(\.gz|\.zst)?$", re.IGNORECASE)
_NO_POLARS = "INTERVAL"  # the type that Polars does not take


@dataclass(frozen=True, slots=True)
class TablePart:
    """Rows of some files that have the same columns.

    Args:
        relation: the rows, with `file_index`.
        files: positions of these files among the exports.
        columns: the columns' names, as the first part that has them spells them.
        types: the columns' types, as DuckDB names them.
    """

    relation: Any
    files: tuple[int, ...]
    columns: tuple[str, ...]
    types: tuple[str, ...]

    def first_rows(self, rows: int) -> pl.DataFrame:
        """Return its first rows, without columns of lengths of time.

        Args:
            rows: how many.
        """
        kinds = zip(self.columns, self.types, strict=True)
        shown = [name for name, kind in kinds if kind != _NO_POLARS]
        names = ", ".join(map(sql.identifier, shown))
        frame: pl.DataFrame = self.relation.project(names).limit(rows).pl()
        return frame.rename(dict(zip(frame.columns, shown, strict=True)))


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
    parts, guesses = _parts_of_files(connection, files, mapping)
    return list(_spelled_alike(parts)), guesses


def _spelled_alike(parts: Iterable[TablePart]) -> Iterator[TablePart]:
    """Yield parts whose columns are called as in the first one: for SQL, CPU and cpu are one."""
    spelling: dict[str, str] = {}
    for part in parts:
        names = (spelling.setdefault(name.lower(), name) for name in part.columns)
        yield replace(part, columns=tuple(names))


def _parts_of_files(
    connection: sql.Connection, files: Sequence[Path], mapping: Mapping
) -> tuple[list[TablePart], list[AccountLine]]:
    firsts = {_kind_of(file): file.name for file in reversed(files)}
    if len(firsts) > 1:
        found = " and ".join(f"{name} ({kind})" for kind, name in sorted(firsts.items()))
        raise RequestError(
            f"exports: expected files of one format, got {found}; load those of one at a time"
        )
    if "csv" in firsts:
        return _csv_parts(connection, files, mapping.csv)
    if "parquet" in firsts:
        return list(_parquet_parts(connection, files)), []
    # Objects of NDJSON may lack any key, so that its files are one part.
    parameters = {"files": literal(files)}
    every = range(len(files))
    return [_viewed(connection, "ndjson_rows", "load/readers/ndjson", parameters, every)], []


def _kind_of(file: Path) -> str:
    if is_parquet(file):
        return "parquet"
    return "ndjson" if _NDJSON.search(file.name) else "csv"


def _parquet_parts(connection: sql.Connection, files: Sequence[Path]) -> Iterator[TablePart]:
    by_columns: dict[frozenset[str], list[int]] = {}
    for position, file in enumerate(files):
        names = frozenset(map(str.lower, columns_of_parquet(file)))
        by_columns.setdefault(names, []).append(position)
    for number, positions in enumerate(by_columns.values()):
        parameters = {"files": literal([files[position] for position in positions])}
        query = "load/readers/parquet"
        yield _viewed(connection, f"parquet_rows_{number}", query, parameters, positions)


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
            "skip": form.skip,
            "comment": section.comment or "",
            "encoding": section.encoding,
        }
        yield _viewed(connection, f"csv_rows_{number}", query, parameters, positions)


def _viewed(
    connection: sql.Connection,
    view: str,
    query: str,
    parameters: dict[str, Any],
    positions: Sequence[int],
) -> TablePart:
    """Return a part as a view: DuckDB joins no rows that have parameters of the same name."""
    sql.view_query(connection, view, query, parameters)
    return _part(connection.view(view), tuple(positions))


def _part(relation: Any, files: tuple[int, ...]) -> TablePart:
    columns = tuple(relation.columns[:-1])
    types = tuple(map(str, relation.types[:-1]))
    return TablePart(relation, files, columns, types)

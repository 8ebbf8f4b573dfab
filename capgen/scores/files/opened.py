"""Opens a table of Parquet or CSV, lazily."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from capgen.errors import CapgenError, RequestError
from capgen.storage.files import file_of

_PARQUET = b"PAR1"
_NOTHING = ["", "NaN", "nan", "NA", "N/A", "null", "NULL", "None"]  # as CSV says that there is none
_DELIMITERS = ",;\t"
_ROWS_TO_GUESS_BY = 1_000


def open_table(path: Path, text: Sequence[str]) -> pl.LazyFrame:
    """Open a table of Parquet or CSV.

    Args:
        path: a file, or a folder of Parquet files.
        text: columns that are text, whatever their values look like; of CSV.

    Raises:
        RequestError: there is no such file, or it is neither.
        CapgenError: it is a pipe or the like, which cannot be read twice.
    """
    try:
        if path.is_dir():
            return _folder(path)
        file_of(path).check_is_file()
        with path.open("rb") as file:
            start = file.read(len(_PARQUET))
    except FileNotFoundError:
        raise RequestError(f"{path}: expected a file of Parquet or CSV, found none") from None
    if start == _PARQUET:
        return pl.scan_parquet(path, glob=False)
    return _csv(path, text)


def schema_of(frame: pl.LazyFrame, path: Path) -> pl.Schema:
    """Return a table's columns.

    Args:
        frame: the table.
        path: of its file, for messages.

    Raises:
        CapgenError: the file cannot be read.
    """
    with _reading(path):
        return frame.collect_schema()


def collected(rows: pl.LazyFrame, path: Path) -> pl.DataFrame:
    """Return what a query on a file finds.

    Args:
        rows: the query.
        path: of the file, for messages.

    Raises:
        CapgenError: the file cannot be read.
    """
    with _reading(path):
        return rows.collect(engine="streaming")


def role_of(schema: pl.Schema, names: Sequence[str], path: Path) -> str:
    """Return which of some columns a file has.

    Args:
        schema: the file's columns.
        names: what the column may be called.
        path: of the file, for messages.

    Raises:
        RequestError: it has none, or several.
    """
    found = [name for name in names if name in schema]
    if len(found) != 1:
        got = " and ".join(found) or ", ".join(schema.names())
        raise RequestError(f"{path}: expected a column {' or '.join(names)}, got {got}")
    return found[0]


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Say in one line why a file cannot be read."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        reason = str(error).partition("\n")[0]
        raise CapgenError(
            f"{path}: expected a readable table of Parquet or CSV, got: {reason}"
        ) from None


def _folder(path: Path) -> pl.LazyFrame:
    files = sorted(path.rglob("*.parquet"))
    if not files:
        raise RequestError(f"{path}: expected Parquet files in the folder, found none")
    return pl.scan_parquet(files, glob=False, hive_partitioning=False)


def _csv(path: Path, text: Sequence[str]) -> pl.LazyFrame:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
    except UnicodeDecodeError:
        raise RequestError(f"{path}: expected a file of Parquet or CSV, got another") from None
    delimiter = max(_DELIMITERS, key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    if len(names) < 2:
        raise RequestError(
            f"{path}: expected a first line with the names of columns, got {head.strip()!r}"
        )
    kept = {name: pl.String() for name in names if name in text}
    kinds = _guessed(path, delimiter, kept, _ROWS_TO_GUESS_BY)
    rows = _scan(path, delimiter, kinds).select(pl.exclude(kept)).head(_ROWS_TO_GUESS_BY)
    if any(column.null_count() == column.len() for column in collected(rows, path)):
        kinds = _guessed(path, delimiter, kept, None)
    return _scan(path, delimiter, kinds)


def _guessed(
    path: Path, delimiter: str, kept: Mapping[str, pl.DataType], rows: int | None
) -> dict[str, pl.DataType]:
    """Return the kinds of columns, guessed by the first rows, or by all."""
    guessed = schema_of(_scan(path, delimiter, kept, rows), path)
    return {name: pl.Float64() if kind.is_numeric() else kind for name, kind in guessed.items()}


def _scan(
    path: Path, delimiter: str, kinds: Mapping[str, pl.DataType], rows: int | None = 0
) -> pl.LazyFrame:
    return pl.scan_csv(
        path,
        separator=delimiter,
        schema_overrides=dict(kinds),
        infer_schema_length=rows,
        null_values=_NOTHING,
        glob=False,
    )

"""Reads a library from the bytes of its file, and trusts nothing in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import ValidationError

from capgen.layers.library.checks import library_problems
from capgen.layers.library.schema import COLUMNS, FACTS, MOST_ROWS, Column, Facts
from capgen.layers.library.table import Library, Stored
from capgen.words import abridged

_LABEL = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_LABELS = 20
_LONGEST_LABEL = 200
_MOST_PROBLEMS = 3


def read_library(content: bytes) -> Library:
    """Read a library.

    Args:
        content: the bytes of a Parquet file.

    Raises:
        ValueError: it is no library; one line says what was expected and what it is.
    """
    try:
        return _read(pq.ParquetFile(pa.BufferReader(content)))
    except (pa.ArrowException, OSError, OverflowError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"expected a library, got a file that cannot be read: {reason}") from None


def _read(file: pq.ParquetFile) -> Library:
    facts = _facts(file)
    rows = file.metadata.num_rows
    if not 0 < rows <= MOST_ROWS:
        raise ValueError(f"expected 1 to {MOST_ROWS:,} rows, got {rows:,}")
    labels = _labels(file.schema_arrow)
    _refuse(list(_size_problems(file, facts, labels)))
    table = file.read(columns=[*COLUMNS, *labels], use_threads=False)
    columns = {name: _numbers(table[name], name, facts) for name in COLUMNS}
    library = Library(facts, columns, {name: _texts(table[name], name) for name in labels})
    _refuse(library_problems(library))
    return library


def _facts(file: pq.ParquetFile) -> Facts:
    text = (file.schema_arrow.metadata or {}).get(FACTS)
    if text is None:
        raise ValueError(
            f"expected a library that capgen wrote, got a Parquet file without {FACTS.decode()}"
        )
    try:
        return Facts.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"])) or "facts"
        got = str(first["input"])[:60]
        raise ValueError(
            f"{FACTS.decode()}: expected facts that this version knows, got {key} {got}: "
            f"{first['msg']}"
        ) from None


def _labels(schema: pa.Schema) -> list[str]:
    missing = [name for name in COLUMNS if name not in schema.names]
    labels = [field.name for field in schema if field.name not in COLUMNS]
    if missing:
        raise ValueError(f"expected the columns {', '.join(COLUMNS)}, lacks {', '.join(missing)}")
    if len(set(schema.names)) < len(schema.names):
        raise ValueError("expected columns of different names")
    if len(labels) > _MOST_LABELS:
        raise ValueError(f"expected at most {_MOST_LABELS} labels, got {len(labels)}")
    for name in labels:
        if not _LABEL.fullmatch(name) or not _is_text(schema.field(name).type):
            raise ValueError(f"{name[:60]}: expected a label: a column of text with a plain name")
    return labels


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _size_problems(file: pq.ParquetFile, facts: Facts, labels: list[str]) -> Iterator[str]:
    """Yield columns with wrong types, and those that hold more than their rows can."""
    for name, column in COLUMNS.items():
        kind = file.schema_arrow.field(name).type
        wanted = pa.from_numpy_dtype(column.dtype)
        is_list = pa.types.is_list(kind) or pa.types.is_fixed_size_list(kind)
        if not is_list or kind.value_type != wanted:
            yield f"{name}: expected lists of {wanted}, got {kind}"
    most = dict.fromkeys(labels, file.metadata.num_rows)
    for name, column in COLUMNS.items():
        most[name] = file.metadata.num_rows * column.width(facts)
    for name, values in _values_in(file).items():
        if values > most[name]:
            yield f"{name}: expected {most[name]:,} values in all rows, got {values:,}"


def _values_in(file: pq.ParquetFile) -> dict[str, int]:
    """Return how many values each column has, before any is read."""
    found: dict[str, int] = {}
    for group in range(file.metadata.num_row_groups):
        row_group = file.metadata.row_group(group)
        for position in range(row_group.num_columns):
            chunk = row_group.column(position)
            name = chunk.path_in_schema.split(".")[0]
            found[name] = found.get(name, 0) + chunk.num_values
    return found


def _numbers(array: pa.ChunkedArray, name: str, facts: Facts) -> Stored:
    column: Column = COLUMNS[name]
    lists = array.combine_chunks()
    lengths = _distinct(lists.value_lengths())
    if lists.null_count or lengths != {column.width(facts)}:
        raise ValueError(
            f"{name}: expected {column.width(facts)} values in each row "
            f"({' × '.join(column.axes)}), got {', '.join(map(str, sorted(lengths, key=str)))}"
        )
    values = lists.flatten()
    if values.null_count:
        raise ValueError(f"{name}: expected numbers, got {values.null_count:,} nulls")
    return _as_numbers(values).reshape(len(lists), *column.shape(facts))


def _distinct(lengths: pa.Array) -> set[int | None]:
    return set(lengths.to_pylist() if lengths.null_count else _as_numbers(lengths).tolist())


def _as_numbers(values: pa.Array) -> Stored:
    """Share the memory of values: Arrow's own way imports pandas, where it is installed."""
    numbers: Stored = np.from_dlpack(values)
    return numbers


def _texts(array: pa.ChunkedArray, name: str) -> list[str]:
    texts: list[str | None] = array.to_pylist()
    for row, text in enumerate(texts):
        if text is None or len(text) > _LONGEST_LABEL or not text.isprintable():
            got = repr(text)[:60]
            raise ValueError(
                f"{name}: expected at most {_LONGEST_LABEL} printable characters, "
                f"got {got} in row {row}"
            )
    return [str(text) for text in texts]


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ValueError("; ".join(abridged(problems, _MOST_PROBLEMS, "problem")))

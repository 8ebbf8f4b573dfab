"""Writes a library as the bytes of its file."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq

from capgen.layers.library.checks import library_problems
from capgen.layers.library.schema import COLUMNS, FACTS
from capgen.layers.library.table import Library


def library_bytes(library: Library) -> bytes:
    """Return a library as a Parquet file; the same numbers give the same bytes.

    Args:
        library: the table.

    Raises:
        ValueError: its numbers are no library's.
    """
    problems = library_problems(library)
    if problems:
        raise ValueError("; ".join(problems))
    arrays: dict[str, pa.Array] = {name: pa.array(each) for name, each in library.labels.items()}
    for name, column in COLUMNS.items():
        stored = library.columns[name].astype(column.dtype, copy=False)
        values = pa.array(stored.reshape(-1))
        arrays[name] = pa.FixedSizeListArray.from_arrays(values, column.width(library.facts))
    table = pa.table(arrays)
    facts = library.facts.model_dump_json(exclude_none=True).encode()
    file = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({FACTS: facts}), file, compression="zstd")
    return file.getvalue()

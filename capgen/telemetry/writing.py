"""Writes the rows of a bucket as data files, which say unit and statistic of each metric."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from capgen.dataset.content import as_text, combined
from capgen.dataset.metric_column import MetricColumn
from capgen.storage.entries import FileEntry
from capgen.storage.files import hashed_file
from capgen.storage.layout import PARTITION_KEYS
from capgen.version import __version__

_ROW_GROUP = 2**18


def file_schema(schema: pl.Schema, metrics: Sequence[MetricColumn], counts: Sequence[str]) -> Any:
    """Return the Arrow schema of a data file.

    Args:
        schema: the columns of the rows.
        metrics: the metrics' columns; each field says unit and statistic.
        counts: columns with numbers of samples.

    Returns:
        A pyarrow schema without the partition keys; only metrics may be null.
    """
    said = {metric.name: metric for metric in metrics}
    fields = []
    for name, kind in schema.items():
        if name not in PARTITION_KEYS:
            arrow = pa.string() if kind == pl.String else _arrow_type(kind)
            metadata = _said(said[name]) if name in said else None
            nullable = name in said or name in counts
            fields.append(pa.field(name, arrow, nullable=nullable, metadata=metadata))
    return pa.schema(fields)


def _arrow_type(kind: pl.DataType) -> Any:
    return pl.DataFrame(schema={"column": kind}).to_arrow().schema.field("column").type


def _said(metric: MetricColumn) -> dict[str, str]:
    return {"unit": metric.unit, "statistic": metric.statistic}


def write_rows(
    rows: pl.DataFrame, folder: Path, path: str, schema: Any, metrics: Sequence[MetricColumn]
) -> FileEntry:
    """Write the rows of a data file.

    Args:
        rows: all of its rows, sorted by server and timestamp.
        folder: the dataset's folder.
        path: the file's path in it.
        schema: as from `file_schema`.
        metrics: the metrics' columns.

    Returns:
        The file's entry for the manifest.
    """
    table = _table(rows, schema)
    options = _options(schema)
    with hashed_file(folder / path) as file, pq.ParquetWriter(file, schema, **options) as writer:
        writer.write_table(table, row_group_size=_ROW_GROUP)
        writer.add_key_value_metadata(_metadata(metrics))
    first, last = _limits(rows)
    return FileEntry(
        path=path,
        bytes=file.bytes,
        sha256=file.sha256,
        rows=rows.height,
        content_digest=as_text(_digest(rows)),
        first_timestamp=first,
        last_timestamp=last,
    )


def _table(rows: pl.DataFrame, schema: Any) -> Any:
    columns = [
        rows[[name]].to_arrow().column(0).cast(schema.field(name).type) for name in schema.names
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _limits(rows: pl.DataFrame) -> tuple[datetime, datetime]:
    limits = rows.select(
        first=pl.col("timestamp").min(),
        last=pl.col("timestamp").max(),
    )
    first, last = limits.row(0)
    return first, last


def _options(schema: Any) -> dict[str, Any]:
    return {
        "compression": "zstd",
        "use_dictionary": [name for name in schema.names if name != "timestamp"],
        "column_encoding": {"timestamp": "DELTA_BINARY_PACKED"},
        "write_statistics": ["timestamp", "server_id"],
        "store_schema": True,  # it holds what each field says
    }


def _metadata(metrics: Sequence[MetricColumn]) -> Mapping[str, str]:
    said = {metric.name: _said(metric) for metric in metrics}
    return {
        "capgen.version": __version__,
        "capgen.kind": "telemetry",
        "capgen.metrics": json.dumps(said),
    }


def _digest(rows: pl.DataFrame) -> int:
    """Return the content digest of rows: the sum of those of each server's.

    It covers the columns' names, texts, numbers and timestamps; so it depends neither on the files
    nor on their order.
    """
    texts = [name for name, kind in rows.schema.items() if kind == pl.String]
    arrays = [_bits(rows[name]) for name in rows.columns if name not in texts]
    names = "\0".join(rows.columns).encode()
    digests = []
    start = 0
    for *words, count in rows.group_by(texts, maintain_order=True).len().iter_rows():
        digest = xxhash.xxh3_128(names + "\0".join(words).encode())
        for array in arrays:
            digest.update(array[start : start + count].data)
        digests.append(digest.intdigest())
        start += count
    return combined(digests)


def _bits(column: pl.Series) -> Any:
    present = column.fill_null(math.nan) if column.dtype == pl.Float64 else column
    numbers = present.to_numpy()
    return np.ascontiguousarray(numbers.view(np.int64) if column.dtype == pl.Datetime else numbers)

"""Makes a summary of a dataset's metrics and a sample of its first rows, for a quick look."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from capgen.config import Config
from capgen.dataset.csv_text import csv_text
from capgen.dataset.data_files import key_columns
from capgen.panel.schema import panel_schema
from capgen.settings.metric import Metric
from capgen.storage.entries import FileEntry
from capgen.storage.layout import PARTITION_KEYS, partition_of

Find = Callable[[str], Path]

# The summary of a larger dataset covers a part of one file of each archetype, to save time.
_ROWS_LOOKED_AT = 200_000
_SAMPLE_ROWS = 100
_READ_BYTES = 2**16  # at a time of each column, as few are needed
_DECIMALS = 6


def summarise(config: Config, entries: Sequence[FileEntry], find: Find) -> dict[str, Any]:
    """Return a summary of a dataset.

    Args:
        config: the configuration that the dataset was built from.
        entries: the data files in the order of their rows.
        find: returns where the file of a path lies.

    Returns:
        Rows, window and servers; and for each metric count, mean, sd, quantiles and shares, over
        `rows_looked_at` rows: all rows up to 200,000, else the first rows of one file of each
        archetype.
    """
    axis = config.axis
    values = _values(config, entries, find)
    return {
        "rows": config.rows,
        "first_timestamp": axis.timestamp(axis.span.first).isoformat(),
        "last_timestamp": axis.timestamp(axis.span.stop - 1).isoformat(),
        "granularity": config.granularity,
        "servers": config.num_servers,
        "rows_looked_at": values.height,
        "metrics": {
            metric.column: _of_metric(values[metric.column], metric, config.decimals)
            for metric in config.metrics.values()
        },
    }


def sample_text(config: Config, entries: Sequence[FileEntry], find: Find) -> str:
    """Return the first rows of a dataset as CSV.

    Args:
        config: the configuration that the dataset was built from.
        entries: the data files in the order of their rows.
        find: returns where the file of a path lies.
    """
    first = entries[0].path
    names = panel_schema(config).names()
    stored = [name for name in names if name not in PARTITION_KEYS]
    rows = pl.DataFrame(_first_rows(find(first), stored, _SAMPLE_ROWS))
    return csv_text(rows.with_columns(key_columns(first)).select(names), header=True)


def _values(config: Config, entries: Sequence[FileEntry], find: Find) -> pl.DataFrame:
    columns = [metric.column for metric in config.metrics.values()]
    most = _ROWS_LOOKED_AT
    if sum(entry.rows for entry in entries) > most:
        entries = _one_per_archetype(entries)
        most //= len(entries)
    batches = [_first_rows(find(entry.path), columns, most) for entry in entries]
    # At once, because the threads of Polars wake for each frame. Columns come out in one piece:
    # quantiles of pieces take six times as long.
    return pl.DataFrame(pa.Table.from_batches(batches))


def in_order(config: Config, entries: Iterable[FileEntry]) -> list[FileEntry]:
    """Return data files in the order of the panel's rows.

    Args:
        config: the configuration that the dataset was built from.
        entries: the data files in any order.
    """
    archetypes = list(config.archetypes)

    def position(entry: FileEntry) -> tuple[int, int, str]:
        partition = partition_of(entry.path)
        return partition.year, archetypes.index(partition.server_type), entry.path

    return sorted(entries, key=position)


def _one_per_archetype(entries: Sequence[FileEntry]) -> list[FileEntry]:
    """Return the middle file of each archetype."""
    groups: dict[str, list[FileEntry]] = {}
    for entry in entries:
        groups.setdefault(partition_of(entry.path).server_type, []).append(entry)
    return [found[len(found) // 2] for found in groups.values()]


def _first_rows(path: Path, columns: Sequence[str], most: int) -> pa.RecordBatch:
    """Return the first rows of a file, at most one row group."""
    with (
        path.open("rb") as opened,
        pq.ParquetFile(opened, buffer_size=_READ_BYTES, pre_buffer=False) as file,
    ):
        # Threads take as long to wake as these columns to read.
        return next(file.iter_batches(most, columns=columns, use_threads=False))


def _of_metric(values: pl.Series, metric: Metric, decimals: int) -> dict[str, Any]:
    clip = [round(end, decimals) for end in metric.clip]
    return {name: _rounded(value) for name, value in _statistics(values, clip)}


def _rounded(value: Any) -> Any:
    return round(value, _DECIMALS) if isinstance(value, float) else value


def _statistics(values: pl.Series, clip: list[float]) -> Iterator[tuple[str, Any]]:
    present = values.drop_nulls()  # Polars finds quantiles without nulls in an eighth of the time
    yield "count", values.count()
    yield "mean", values.mean()
    yield "sd", values.std()
    yield "min", present.min()
    for percent in (25, 50, 75, 95):
        yield f"p{percent}", present.quantile(percent / 100, "linear")
    yield "max", present.max()
    yield "missing_share", values.null_count() / len(values)
    yield "clipped_share", ((present <= clip[0]) | (present >= clip[1])).mean()

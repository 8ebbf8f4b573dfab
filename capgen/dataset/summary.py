"""A summary of a dataset's metrics, and its first rows: a look before the files are opened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from capgen.config import Config
from capgen.dataset.csv_text import csv_text
from capgen.dataset.data_files import key_columns
from capgen.panel.schema import panel_schema
from capgen.settings.metric import Metric
from capgen.storage.entries import FileEntry
from capgen.storage.layout import PARTITION_KEYS, partition_of

Find = Callable[[str], Path]

# Of larger datasets, some of a file of each archetype: a look at all would take too long.
_ROWS_LOOKED_AT = 200_000
_SAMPLE_ROWS = 100
_DECIMALS = 6


def summarise(config: Config, entries: Sequence[FileEntry], find: Find) -> dict[str, Any]:
    """Return what a dataset holds.

    Args:
        config: what it was built from.
        entries: its data files, in the order of their rows.
        find: returns where the file of a path lies.

    Returns:
        Rows, window and servers; and of each metric count, mean, sd, quantiles and shares, over
        `rows_looked_at` rows: all of them up to 200,000, else the first of one file of each
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
        config: what it was built from.
        entries: its data files, in the order of their rows.
        find: returns where the file of a path lies.
    """
    names = panel_schema(config).names()
    rows = _first_rows(entries[0], find(entries[0].path), names, _SAMPLE_ROWS)
    return csv_text(rows, header=True)


def _values(config: Config, entries: Sequence[FileEntry], find: Find) -> pl.DataFrame:
    columns = [metric.column for metric in config.metrics.values()]
    chosen = (
        entries
        if sum(entry.rows for entry in entries) <= _ROWS_LOOKED_AT
        else _one_an_archetype(entries)
    )
    most = _ROWS_LOOKED_AT if chosen is entries else _ROWS_LOOKED_AT // len(chosen)
    return pl.concat(_first_rows(entry, find(entry.path), columns, most) for entry in chosen)


def in_order(config: Config, entries: Iterable[FileEntry]) -> list[FileEntry]:
    """Return data files in the order of the panel's rows.

    Args:
        config: what the dataset was built from.
        entries: its data files.
    """
    archetypes = list(config.archetypes)

    def position(entry: FileEntry) -> tuple[int, int, str]:
        partition = partition_of(entry.path)
        return partition.year, archetypes.index(partition.server_type), entry.path

    return sorted(entries, key=position)


def _one_an_archetype(entries: Sequence[FileEntry]) -> list[FileEntry]:
    """Return the file in the middle of each archetype's."""
    of_archetype: dict[str, list[FileEntry]] = {}
    for entry in entries:
        of_archetype.setdefault(partition_of(entry.path).server_type, []).append(entry)
    return [found[len(found) // 2] for found in of_archetype.values()]


def _first_rows(entry: FileEntry, path: Path, columns: Sequence[str], most: int) -> pl.DataFrame:
    """Return the first rows of a file, of one row group at the most."""
    stored = [name for name in columns if name not in PARTITION_KEYS]
    with path.open("rb") as opened, pq.ParquetFile(opened) as file:
        frame = pl.DataFrame(next(file.iter_batches(most, columns=stored)))
    return frame.with_columns(key_columns(entry.path)).select(columns)


def _of_metric(values: pl.Series, metric: Metric, decimals: int) -> dict[str, Any]:
    return {
        name: round(value, _DECIMALS) if isinstance(value, float) else value
        for name, value in _statistics(values, [round(end, decimals) for end in metric.clip])
    }


def _statistics(values: pl.Series, clip: list[float]) -> Iterator[tuple[str, Any]]:
    yield "count", values.count()
    yield "mean", values.mean()
    yield "sd", values.std()
    yield "min", values.min()
    for percent in (25, 50, 75, 95):
        yield f"p{percent}", values.quantile(percent / 100, "linear")
    yield "max", values.max()
    yield "missing_share", values.null_count() / len(values)
    yield "clipped_share", ((values <= clip[0]) | (values >= clip[1])).mean()

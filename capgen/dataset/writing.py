"""Writes chunks of a panel as the row groups of a Parquet file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import IO, Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from capgen.columns import EVENT, OUTLIER_METRICS, STATE, expected_column
from capgen.config import Config
from capgen.dataset.arrow_tables import ArrowTables
from capgen.dataset.content import chunk_digest, combined
from capgen.dataset.gathered import gathered
from capgen.panel.cell.memory import Workspace
from capgen.panel.chunks import Chunk
from capgen.panel.frame import Panel
from capgen.settings.metric import Metric
from capgen.storage.counted import Hashed
from capgen.storage.layout import PARTITION_KEYS
from capgen.version import __version__

_COMPRESSION_LEVEL = 1  # higher levels cost time and gain under 1 %
_PRUNING_COLUMNS = ["timestamp", "server_id"]  # their statistics let readers skip row groups
_MOST_BYTE_CODES = 2**8  # servers in a row group whose strings are numbered with one byte
_MOST_DISTINCT_VALUES = 2**17  # of a metric that is written with a dictionary
_MANY_TEXTS = {EVENT, OUTLIER_METRICS}  # may have more distinct texts than there are servers
_MAY_BE_NULL = {*_MANY_TEXTS, STATE}
_PAGE_BYTES = 2**24  # more than a column of a row group: pages end by their rows
_BATCH_ROWS = 2**15  # more than Arrow's pages have: it encodes each at once, in a tenth less time


def file_schema(panel: Panel, codes: pl.DataType) -> pa.Schema:
    """Return the Arrow schema of a data file: the panel without its partition keys.

    Args:
        panel: the panel.
        codes: type of the numbers that stand for a column's strings.

    Returns:
        A schema with strings as dictionaries, so that Parquet need not find them again. Only
        metrics and labels may be null.
    """
    columns = {name: kind for name, kind in panel.schema.items() if name not in PARTITION_KEYS}
    nullable = _MAY_BE_NULL | panel.may_be_null
    fields: list[pa.Field] = []
    for name, kind in columns.items():
        stored = _string_type(name, codes) if kind == pl.String else _arrow_type(kind)
        fields.append(pa.field(name, stored, nullable=name in nullable))
    return pa.schema(fields)


def _string_type(name: str, codes: pl.DataType) -> pa.DataType:
    return pa.dictionary(_arrow_type(pl.Int32() if name in _MANY_TEXTS else codes), pa.string())


@cache
def _arrow_type(kind: pl.DataType) -> pa.DataType:
    return pl.Series(dtype=kind).to_arrow().type


def file_metadata(panel: Panel) -> dict[str, str]:
    """Return the Parquet metadata about the origin of a data file.

    Args:
        panel: the panel.
    """
    return {
        "capgen.version": __version__,
        "capgen.seed": str(panel.config.seed),
        "capgen.config_digest": panel.config_digest,
    }


@dataclass(frozen=True, slots=True)
class Buffers:
    """Memory in which one thread makes row groups, file after file: fresh memory takes longer."""

    workspace: Workspace = field(default_factory=Workspace)
    tables: ArrowTables = field(default_factory=ArrowTables)


def write_row_groups(
    panel: Panel,
    row_groups: Sequence[Chunk],
    target: IO[bytes] | Hashed,
    on_chunk: Callable[[Chunk], None] = lambda _: None,
    buffers: Buffers | None = None,
) -> int:
    """Write chunks to one Parquet file, each as a row group.

    Args:
        panel: the panel that the chunks belong to.
        row_groups: the chunks in the order of their rows.
        target: a file open for writing.
        on_chunk: called after each chunk; an error that it raises ends the writing.
        buffers: the thread's own; by default new ones.

    Returns:
        The content digest of what was written.
    """
    buffers = buffers or Buffers()
    most_servers = max(chunk.stop_server - chunk.first_server for chunk in row_groups)
    codes = pl.UInt8() if most_servers < _MOST_BYTE_CODES else pl.Int32()
    schema = file_schema(panel, codes)
    digests: list[int] = []
    options = writer_options(panel.config, schema)
    with gathered(target) as stream, pq.ParquetWriter(stream, schema, **options) as writer:
        for row_group in row_groups:
            servers = panel.servers(row_group)
            crossed = panel.crossed(row_group, servers, workspace=buffers.workspace)
            # Before the writer takes the place of the cells in the cache.
            digests.append(chunk_digest(crossed, row_group, panel.axis))
            table = buffers.tables.table(crossed, schema)
            writer.write_table(table, row_group_size=row_group.rows)
            on_chunk(row_group)
        writer.add_key_value_metadata(file_metadata(panel))
    return combined(digests)


def writer_options(config: Config, schema: pa.Schema) -> dict[str, Any]:
    """Return the settings of pyarrow's Parquet writer.

    Args:
        config: the panel's configuration.
        schema: the file's schema.
    """
    metrics = config.metrics.values()
    plain = {"timestamp"} | {metric.column for metric in metrics if not _few_values(metric, config)}
    plain |= {expected_column(metric.column) for metric in metrics}
    # Compression finds the runs of flags in a third of the time in which a dictionary is asked for
    # each of them.
    plain |= {column.name for column in schema if column.type == pa.int8()}
    return {
        "compression": "zstd",
        "compression_level": _COMPRESSION_LEVEL,
        "use_dictionary": [name for name in schema.names if name not in plain],
        "column_encoding": {"timestamp": "DELTA_BINARY_PACKED"},
        "write_statistics": _PRUNING_COLUMNS,
        "data_page_size": _PAGE_BYTES,
        "write_batch_size": _BATCH_ROWS,
        "dictionary_pagesize_limit": _PAGE_BYTES,
        "store_schema": False,  # readers should see plain strings, not our dictionaries
    }


def _few_values(metric: Metric, config: Config) -> bool:
    lowest, highest = metric.clip
    return bool((highest - lowest) * 10**config.decimals < _MOST_DISTINCT_VALUES)

"""Writes chunks as Parquet, regrouped into row groups that do not depend on the chunks' size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from capgen.config import Config, config_digest
from capgen.dataset.content import chunk_digest, combined
from capgen.dataset.layout import PARTITION_KEYS
from capgen.panel.chunks import Chunk
from capgen.panel.frame import Panel
from capgen.panel.schema import panel_schema
from capgen.version import __version__

# Each row group repeats the dictionaries of its metrics: fewer rows cost bytes, more rows cost memory.
ROW_GROUP_ROWS = 2**16
_COMPRESSION_LEVEL = 1  # higher levels cost time and gain under 1 %
_PRUNING_COLUMNS = ["timestamp", "server_id"]  # what readers skip row groups by
_STRING_CODES = pa.dictionary(pa.int32(), pa.large_string())


def file_schema(config: Config) -> pa.Schema:
    """Return the Arrow schema of a data file: the panel without its partition keys.

    Args:
        config: a valid configuration.

    Returns:
        Strings as dictionaries, so that Parquet does not have to find them again.
    """
    columns = {name: kind for name, kind in panel_schema(config).items() if name not in PARTITION_KEYS}
    arrow = pl.DataFrame(schema=columns).to_arrow().schema
    fields = [
        pa.field(field.name, _STRING_CODES if columns[field.name] == pl.String else field.type) for field in arrow
    ]
    return pa.schema(fields)


def file_metadata(config: Config) -> dict[str, str]:
    """Return the Parquet metadata that says where a data file comes from.

    Args:
        config: a valid configuration.
    """
    return {
        "capgen.version": __version__,
        "capgen.seed": str(config.seed),
        "capgen.config_digest": config_digest(config),
    }


def write_chunks(
    panel: Panel, chunks: Iterable[Chunk], target: IO[bytes], on_chunk: Callable[[Chunk], None] = lambda _: None
) -> int:
    """Write chunks to one Parquet file.

    Args:
        panel: the panel that the chunks belong to.
        chunks: in the order of their rows.
        target: a file open for writing.
        on_chunk: called after each chunk; what it raises ends the writing.

    Returns:
        The content digest of what was written.
    """
    schema = file_schema(panel.config)
    digests: list[int] = []

    def tables() -> Iterator[pa.Table]:
        for chunk in chunks:
            frame = panel.chunk(chunk).collect()
            digests.append(chunk_digest(frame, chunk, panel.axis))
            yield frame.drop(PARTITION_KEYS).to_arrow().cast(schema)
            on_chunk(chunk)

    with pq.ParquetWriter(target, schema, **_writer_options(schema)) as writer:
        for row_group in _row_groups(tables()):
            writer.write_table(row_group, row_group_size=ROW_GROUP_ROWS)
        writer.add_key_value_metadata(file_metadata(panel.config))
    return combined(digests)


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield tables of `ROW_GROUP_ROWS` rows each, the last one shorter."""
    held: list[pa.Table] = []
    for table in tables:
        held.append(table)
        while sum(each.num_rows for each in held) >= ROW_GROUP_ROWS:
            joined = pa.concat_tables(held)
            # One dictionary a column and row group: Parquet falls back to plain strings otherwise.
            yield joined.slice(0, ROW_GROUP_ROWS).unify_dictionaries()
            held = [joined.slice(ROW_GROUP_ROWS)]
    if any(each.num_rows for each in held):
        yield pa.concat_tables(held).unify_dictionaries()


def _writer_options(schema: pa.Schema) -> dict[str, Any]:
    return {
        "compression": "zstd",
        "compression_level": _COMPRESSION_LEVEL,
        "use_dictionary": [name for name in schema.names if name != "timestamp"],
        "column_encoding": {"timestamp": "DELTA_BINARY_PACKED"},
        "write_statistics": _PRUNING_COLUMNS,
        "store_schema": False,  # readers should see plain strings, not our dictionaries
    }

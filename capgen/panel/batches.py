"""The panel for other engines: descriptions of its chunks, and a function that makes their rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import polars as pl
import pyarrow as pa

from capgen.config import Config
from capgen.panel.chunks import CHUNK_ROWS, Chunk, cut, partitions
from capgen.panel.fleet import archetype_counts
from capgen.panel.frame import panel_of
from capgen.timeline.time_axis import Span


def chunks(config: Config) -> pa.Table:
    """Return what a panel is cut into, for an engine to spread.

    Args:
        config: the panel's configuration.

    Returns:
        One row for each chunk, in the order of `scan`: some servers of one archetype over some
        steps of one year.
    """
    descriptions: list[dict[str, str | int]] = []
    for partition in partitions(config.axis, archetype_counts(config)):
        descriptions += map(_description, cut(config.axis, partition.whole, CHUNK_ROWS))
    return pa.Table.from_pylist(descriptions)


def cells(config: Config, batches: Iterable[pa.RecordBatch | pa.Table]) -> Iterator[pa.RecordBatch]:
    """Make the rows of some chunks; may run anywhere and twice, with the same bits.

    Args:
        config: the panel's configuration.
        batches: rows of `chunks`.

    Yields:
        The panel's columns.
    """
    panel = panel_of(config)
    for batch in batches:
        for description in batch.to_pylist():
            chunk = _chunk(**description)
            rows = panel.cells(chunk, panel.servers(chunk))
            yield from rows.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches()


def _description(chunk: Chunk) -> dict[str, str | int]:
    return {
        "server_type": chunk.archetype,
        "first_server": chunk.first_server,
        "stop_server": chunk.stop_server,
        "first_step": chunk.span.first,
        "stop_step": chunk.span.stop,
    }


def _chunk(
    server_type: str, first_server: int, stop_server: int, first_step: int, stop_step: int
) -> Chunk:
    return Chunk(server_type, first_server, stop_server, Span(first_step, stop_step))

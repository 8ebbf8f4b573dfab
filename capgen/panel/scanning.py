"""The whole panel as one lazy frame that makes its chunks on demand."""

from __future__ import annotations

import math
from collections.abc import Iterator

import polars as pl
from polars.io.plugins import register_io_source

from capgen.config import Config
from capgen.panel.chunks import CHUNK_ROWS, cut, partitions
from capgen.panel.fleet import archetype_counts
from capgen.panel.frame import open_panel
from capgen.panel.schema import panel_schema
from capgen.panel.time_axis import TimeAxis


def scan(config: Config) -> pl.LazyFrame:
    """Return the panel as a lazy frame, without writing it and without ever holding it whole.

    Args:
        config: a valid configuration.

    Returns:
        The panel's columns, year by year and archetype by archetype, sorted by server_id and timestamp
        within each. Every cell has the same bits as in a built dataset.
    """
    schema = panel_schema(config)

    def source(
        columns: list[str] | None, predicate: pl.Expr | None, row_limit: int | None, _batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        left = math.inf if row_limit is None else row_limit
        for frame in _frames(config):
            rows = frame if predicate is None else frame.filter(predicate)
            rows = rows[: int(min(left, rows.height))]
            left -= rows.height
            yield rows if columns is None else rows.select(columns)
            if left == 0:
                return

    return register_io_source(source, schema=schema, is_pure=True)


def _frames(config: Config) -> Iterator[pl.DataFrame]:
    with open_panel(config) as panel:
        for partition in partitions(TimeAxis.of(config), archetype_counts(config)):
            for chunk in cut(panel.axis, partition.whole, CHUNK_ROWS):
                yield panel.cells(chunk, panel.servers(chunk))

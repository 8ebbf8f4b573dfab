"""A chunk as it is defined: servers crossed with dates, and what differs from cell to cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Crossed:
    """The columns of a chunk; each row of `servers` meets each row of `dates`, in this order.

    Args:
        names: the chunk's columns, in the panel's order.
        servers: one row for each server.
        dates: one row for each step.
        values: columns with a value for each cell, by server and then by time.
    """

    names: Sequence[str]
    servers: pl.DataFrame
    dates: pl.DataFrame
    values: Mapping[str, pl.Series]

    def frame(self) -> pl.DataFrame:
        """Return the rows, sorted by server and timestamp."""
        cells = self.servers.lazy().join(
            self.dates.lazy(), how="cross", maintain_order="left_right"
        )
        labels = cells.select(name for name in self.names if name not in self.values)
        # By position: an expression would copy all columns into pieces of equal length.
        columns = [*labels.collect().get_columns(), *self.values.values()]
        return pl.DataFrame(columns)[self.names]

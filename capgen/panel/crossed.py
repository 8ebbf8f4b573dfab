"""A chunk as it is defined: servers crossed with dates, and what differs from cell to cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from capgen.panel.cell.values import Array
from capgen.panel.series import series_of


@dataclass(frozen=True, slots=True)
class Crossed:
    """The columns of a chunk; each row of `servers` meets each row of `dates`, in this order.

    Args:
        names: the chunk's columns, in the panel's order.
        servers: one row for each server.
        dates: one row for each step.
        values: columns with a value for each cell, by server and then by time; texts are Enums.
        may_be_null: those in which NaN says that a value is missing.
    """

    names: Sequence[str]
    servers: pl.DataFrame
    dates: pl.DataFrame
    values: Mapping[str, Array]
    may_be_null: Collection[str]

    def frame(self) -> pl.DataFrame:
        """Return the rows, sorted by server and timestamp."""
        cells = self.servers.lazy().join(
            self.dates.lazy(), how="cross", maintain_order="left_right"
        )
        labels = cells.select(name for name in self.names if name not in self.values)
        # By position: an expression would copy all columns into pieces of equal length.
        columns = [*labels.collect().get_columns(), *map(self._as_column, self.values)]
        return pl.DataFrame(columns)[self.names]

    def _as_column(self, name: str) -> pl.Series:
        values = self.values[name]
        if isinstance(values, pl.Series):
            return values.cast(pl.String).alias(name)
        (column,) = series_of({name: values})
        return column.fill_nan(None) if name in self.may_be_null else column

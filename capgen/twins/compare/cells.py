"""The values of a few servers, with what several measures ask of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.twins.compare.window import Window

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Series:
    """One metric of a few servers.

    Each sum goes along one server's steps, so that it has the same bits beside any other server.

    Args:
        values: shape (servers, steps); NaN where there is none.
        window: the steps.
    """

    values: Floats
    window: Window

    @cached_property
    def present(self) -> Bools:
        """Whether there is a value."""
        return np.isfinite(self.values)

    @cached_property
    def count(self) -> Floats:
        """How many values each server has; NaN for a server without any."""
        count = self.present.sum(axis=1).astype(float)
        return np.where(count > 0, count, np.nan)

    @cached_property
    def mean(self) -> Floats:
        """The mean of each server."""
        total: Floats = np.where(self.present, self.values, 0.0).sum(axis=1)
        return total / self.count

    @cached_property
    def centred(self) -> Floats:
        """The values less their server's mean; 0 where there is none."""
        return np.where(self.present, self.values - self.mean[:, None], 0.0)

    @cached_property
    def sd(self) -> Floats:
        """The standard deviation of each server; exactly 0 where all values are the same."""
        spread = np.sqrt((self.centred**2).sum(axis=1) / self.count)
        return np.where(self.highest == self.lowest, 0.0, spread)

    @cached_property
    def scores(self) -> Floats:
        """The values in standard deviations from the mean; 0 where there is none."""
        return self.centred / np.where(self.sd > 0, self.sd, 1.0)[:, None]

    @cached_property
    def ordered(self) -> Floats:
        """The values of each server from the lowest on; NaN at the end."""
        return np.sort(self.values, axis=1)

    @cached_property
    def lowest(self) -> Floats:
        """The lowest value of each server."""
        return self.ordered[:, 0]

    @cached_property
    def highest(self) -> Floats:
        """The highest value of each server."""
        return self.quantile(1.0)

    @cached_property
    def ranks(self) -> Floats:
        """The ranks of each server's values less their mean; ties share one, 0 where no value."""
        columns = pl.DataFrame(self.values.T, schema=[str(each) for each in range(len(self.mean))])
        ranked = columns.select(pl.all().fill_nan(None).rank("average"))
        middle = (self.count + 1) / 2
        ranks = ranked.select(pl.all().fill_null(np.nan)).to_numpy().T
        return np.nan_to_num(ranks - middle[:, None])

    def quantile(self, level: float) -> Floats:
        """Return a quantile of each server, in a straight line between neighbours."""
        place = level * (np.nan_to_num(self.count, nan=1.0) - 1)
        below = np.floor(place).astype(np.int64)
        above = np.ceil(place).astype(np.int64)
        servers = np.arange(len(place))
        low = self.ordered[servers, below]
        found: Floats = low + (self.ordered[servers, above] - low) * (place - below)
        return found

    def mean_where(self, chosen: Bools) -> Floats:
        """Return the mean of each server over some steps; NaN where it has no value there.

        Args:
            chosen: for each step.
        """
        count = self.present[:, chosen].sum(axis=1).astype(float)
        count[count == 0] = np.nan
        total = np.nan_to_num(self.values[:, chosen]).sum(axis=1)
        mean: Floats = total / count
        return mean

    def share(self, what: Bools) -> Floats:
        """Return which share of each server's values something holds for.

        Args:
            what: shape (servers, steps); False where there is no value.
        """
        number: Floats = what.sum(axis=1) / self.count
        return number


@dataclass(frozen=True)
class Cells:
    """All metrics of a few servers.

    Args:
        servers: their ids, in order.
        series: by metric.
        window: the steps.
    """

    servers: Sequence[str]
    series: Mapping[str, Series]
    window: Window

    @classmethod
    def of(cls, servers: Sequence[str], values: Mapping[str, Floats], window: Window) -> Cells:
        """Return cells of arrays by metric, each of shape (servers, steps)."""
        series = {metric: Series(each, window) for metric, each in values.items()}
        return cls(servers, series, window)

    def part(self, day: int, days: int) -> Cells:
        """Return some days of these, as in `Window.part`."""
        window = self.window.part(day, days)
        first = day * window.steps_per_day
        steps = slice(first, first + window.steps)
        values = {
            metric: np.ascontiguousarray(each.values[:, steps])
            for metric, each in self.series.items()
        }
        return Cells.of(self.servers, values, window)

    def chosen(self, servers: Sequence[str]) -> Cells:
        """Return the cells of some of the servers, in the order given."""
        rows = [self.servers.index(server) for server in servers]
        values = {metric: each.values[rows] for metric, each in self.series.items()}
        return Cells.of(servers, values, self.window)

    def pairs(self) -> Iterator[tuple[str, Series, Series]]:
        """Yield each pair of metrics, with its name."""
        for (left, first), (right, second) in combinations(self.series.items(), 2):
            yield f"{left}~{right}", first, second

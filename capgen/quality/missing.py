"""Whether as many values are missing as configured.

Which cells lie in gaps, or outside their server's life, follows from the configuration exactly. Of all others a metric
misses its share, each by itself: a binomial.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.panel.fleet import server_frame
from capgen.panel.layers.missing import gaps
from capgen.panel.layers.server_life import not_alive
from capgen.panel.schema import metrics_may_be_null
from capgen.panel.time_axis import TimeAxis
from capgen.quality.findings import Finding, not_testable
from capgen.quality.source import Source
from capgen.quality.statistics import Deviation, Statistic

_CELLS_AT_ONCE = 2**22


@dataclass(frozen=True, slots=True)
class Implied:
    """How many cells a configuration leaves without values.

    Args:
        cells: of the panel.
        gone: in gaps, or outside a life.
        share: of the others, by column.
    """

    cells: int
    gone: int
    share: dict[str, float]

    @property
    def missing(self) -> dict[str, float]:
        """The share of missing values, by column."""
        left = 1 - self.gone / self.cells
        return {column: 1 - left * (1 - share) for column, share in self.share.items()}


def implied_missing(config: Config) -> Implied:
    """Return how many cells a configuration leaves without values.

    Args:
        config: a valid configuration.
    """
    axis, layer = TimeAxis.of(config), config.layers.missing
    share = {metric.column: layer.share.get(key, 0.0) if layer else 0.0 for key, metric in config.metrics.items()}
    gone = _gone(config, axis) if metrics_may_be_null(config) else 0
    return Implied(config.num_servers * axis.span.size, gone, share)


def _gone(config: Config, axis: TimeAxis) -> int:
    servers, total = server_frame(config), 0
    at_once = max(1, _CELLS_AT_ONCE // axis.span.size)
    for first in range(0, servers.height, at_once):
        some = servers[first : first + at_once]
        absent = np.zeros((some.height, axis.span.size), np.bool_)
        for where, steps in [
            *gaps(config, some["server_id"].to_list(), axis, axis.span),
            *not_alive(some, axis, axis.span),
        ]:
            absent[where, steps] = True
        total += int(absent.sum())
    return total


def missing_statistics(source: Source, sums: pl.DataFrame, implied: Implied) -> Iterator[Statistic | Finding]:
    """Yield the share of missing values of each metric, where a layer takes some away.

    Args:
        source: an open dataset.
        sums: from `hour_sums`, of all rows.
        implied: what the configuration says.
    """
    if metrics_may_be_null(source.config):
        for column in source.columns:
            yield _statistic(column, int(sums["cells"].sum()), int(sums[f"{column}.present"].sum()), implied)


def _statistic(column: str, rows: int, present: int, implied: Implied) -> Statistic | Finding:
    share, there = implied.share[column], rows - implied.gone
    if there == 0 and present == 0:
        return not_testable("missing_rate", "gaps and lives take all values", column)
    missing, variance = there - present, there * share * (1 - share)
    deviation = Deviation(
        total=missing - there * share,
        variance=variance,
        third=variance * (1 - 2 * share),
        fourth=variance * (1 - 6 * share * (1 - share)),
        slack=0.0,
    )
    reach = there * share / variance**0.5 if variance else None
    return Statistic(
        "missing_rate",
        column,
        missing / max(there, 1),
        share,
        deviation.standard_errors,
        deviation.skewness,
        deviation.kurtosis,
        reach,
        note=f"gaps and lives take {implied.gone / implied.cells:.2%} more",
    )

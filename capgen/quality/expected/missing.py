"""How many values are missing where they are as configured.

Which cells lie in gaps, or outside their server's life, follows from the configuration exactly. Of all others a metric
misses its share, each by itself: a binomial. Where no layer takes values away, nothing is missing: not one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from capgen.config import Config
from capgen.panel.layers.missing import gaps
from capgen.panel.layers.server_life import not_alive
from capgen.panel.schema import metrics_may_be_null
from capgen.quality.expected.counting import Place, count_cells
from capgen.timeline.time_axis import TimeAxis


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
    axis, layer = config.axis, config.layers.missing
    share = {metric.column: layer.share.get(key, 0.0) if layer else 0.0 for key, metric in config.metrics.items()}
    gone = _gone(config, axis) if metrics_may_be_null(config) else 0
    return Implied(config.num_servers * axis.span.size, gone, share)


def _gone(config: Config, axis: TimeAxis) -> int:
    def absent(servers: pl.DataFrame) -> Iterator[Place]:
        yield from gaps(config, servers["server_id"].to_list(), axis, axis.span)
        yield from not_alive(servers, axis, axis.span)

    return count_cells(config, absent)

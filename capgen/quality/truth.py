"""Whether the truth flags as many cells as configured: outliers by chance, events exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator

import polars as pl

from capgen import sql
from capgen.config import Config
from capgen.panel.layers.event_cells import touched_cells
from capgen.panel.time_axis import TimeAxis
from capgen.quality.counting import Place, count_cells
from capgen.quality.findings import Finding, exact
from capgen.quality.source import Source
from capgen.quality.statistics import Statistic, share_statistic


def truth_statistics(source: Source) -> Iterator[Statistic | Finding]:
    """Yield how many cells are flagged as outliers, and how many flags of events are wrong.

    Args:
        source: an open dataset with the truth.
    """
    (found,) = sql.run_query(source.connection, "checks/truth", {}).to_dicts()
    chance = outlier_chance(source.config)
    if chance:
        yield share_statistic("outlier_rate", "flagged cells", int(found["outliers"]), int(found["cells"]), chance)
    if source.config.layers.events:
        expected = _cells_in_events(source.config)
        wrong = abs(int(found["in_events"]) - expected)
        yield exact("events", wrong, expected, "cells in events flagged too many or too few", "")


def outlier_chance(config: Config) -> float:
    """Return the chance that a cell has an outlier in any of its metrics.

    Args:
        config: a valid configuration.
    """
    layers = (config.layers.outliers or {}).values()
    return 1 - math.prod(1 - layer.probability - layer.dip_probability for layer in layers)


def _cells_in_events(config: Config) -> int:
    axis = TimeAxis.of(config)

    def touched(servers: pl.DataFrame) -> Iterator[Place]:
        for each in touched_cells(config, servers, axis, axis.span):
            yield each.server, each.steps

    return count_cells(config, touched)

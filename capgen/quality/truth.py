"""Whether the truth flags as many cells as configured: outliers by chance, events exactly."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from capgen import sql
from capgen.config import Config
from capgen.panel.fleet import server_frame
from capgen.panel.layers.event_cells import touched_cells
from capgen.panel.time_axis import TimeAxis
from capgen.quality.findings import Finding, exact
from capgen.quality.source import Source
from capgen.quality.statistics import Deviation, Statistic

_CELLS_AT_ONCE = 2**22


def truth_statistics(source: Source) -> Iterator[Statistic | Finding]:
    """Yield how many cells are flagged as outliers, and how many flags of events are wrong.

    Args:
        source: an open dataset with the truth.
    """
    (found,) = sql.run_query(source.connection, "checks/truth", {}).to_dicts()
    chance = _outlier_chance(source.config)
    if chance:
        yield _share(int(found["outliers"]), int(found["cells"]), chance)
    if source.config.layers.events:
        expected = _cells_in_events(source.config)
        wrong = abs(int(found["in_events"]) - expected)
        yield exact("events", wrong, expected, "cells in events flagged too many or too few", "")


def _outlier_chance(config: Config) -> float:
    """Return the chance that a cell has an outlier in any of its metrics."""
    layers = (config.layers.outliers or {}).values()
    return 1 - math.prod(1 - layer.probability - layer.dip_probability for layer in layers)


def _share(flagged: int, cells: int, chance: float) -> Statistic:
    spread = cells * chance * (1 - chance)
    deviation = Deviation(
        flagged - cells * chance, spread, spread * (1 - 2 * chance), spread * (1 - 6 * chance * (1 - chance)), 0.0
    )
    return Statistic(
        "outlier_rate",
        "flagged cells",
        flagged / cells,
        chance,
        deviation.standard_errors,
        deviation.skewness,
        deviation.kurtosis,
        cells * chance / spread**0.5 if spread else None,
    )


def _cells_in_events(config: Config) -> int:
    axis, servers, total = TimeAxis.of(config), server_frame(config), 0
    at_once = max(1, _CELLS_AT_ONCE // axis.span.size)
    for first in range(0, servers.height, at_once):
        some = servers[first : first + at_once]
        touched = np.zeros((some.height, axis.span.size), np.bool_)
        for each in touched_cells(config, some, axis, axis.span):
            touched[each.server, each.steps] = True
        total += int(touched.sum())
    return total

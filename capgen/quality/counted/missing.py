"""Whether as many values are missing as configured.

Which cells lie in gaps, or outside their server's life, follows from the configuration exactly. Of all others a metric
misses its share, each by itself: a binomial. Where no layer takes values away, nothing is missing: not one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from capgen.config import Config
from capgen.panel.layers.missing import gaps
from capgen.panel.layers.server_life import not_alive
from capgen.panel.schema import metrics_may_be_null
from capgen.quality.counted.counting import Place, count_cells
from capgen.quality.findings import Finding, Verdict, not_testable
from capgen.quality.source import Source
from capgen.quality.statistics import Statistic, binomial_score, share_statistic
from capgen.timeline.time_axis import TimeAxis

_MOST_MISSING = 0.05  # of a good panel's values


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


def completeness(source: Source, counts: Mapping[str, int], implied: Implied) -> Iterator[Statistic | Finding]:
    """Yield the share of values of each metric that are present, and whether they are as many as layers leave.

    All metrics together can be no worse than the worst.

    Args:
        source: an open dataset.
        counts: from `value_counts`.
        implied: what the configuration says.
    """
    for column in source.columns:
        yield _completeness(column, counts["cells"], counts[f"{column}.present"], implied)


def _completeness(column: str, rows: int, present: int, implied: Implied) -> Statistic | Finding:
    share = implied.share[column]
    measured = f"{present / rows if rows else 0:.2%}"
    expected = f"{1 - implied.missing[column]:.2%}"
    absent = rows - present - implied.gone
    if share == 0:
        wrong = max(absent, 0)
        verdict = Verdict.FAIL if wrong or not rows else Verdict.PASS
        note = f"{wrong:,} values are missing that no layer takes away" if wrong else ""
        return Finding("completeness", column, verdict, measured, expected, wrong, 0, "values", note)
    short = max(binomial_score(absent, rows - implied.gone, share), 0.0)
    note = "" if implied.missing[column] <= _MOST_MISSING else f"layers leave less than {1 - _MOST_MISSING:.0%}"
    return Statistic("completeness", column, measured, expected, off=-short, note=note)


def missing_statistics(source: Source, counts: Mapping[str, int], implied: Implied) -> Iterator[Statistic | Finding]:
    """Yield the share of missing values of each metric, where a layer takes some away.

    Args:
        source: an open dataset.
        counts: from `value_counts`.
        implied: what the configuration says.
    """
    if metrics_may_be_null(source.config):
        for column in source.columns:
            yield _statistic(column, counts["cells"], counts[f"{column}.present"], implied)


def _statistic(column: str, rows: int, present: int, implied: Implied) -> Statistic | Finding:
    share, there = implied.share[column], rows - implied.gone
    if there == 0 and present == 0:
        return not_testable("missing_rate", "gaps and lives take all values", column)
    note = f"gaps and lives take {implied.gone / implied.cells:.2%} more"
    return share_statistic("missing_rate", column, there - present, there, share, note)

"""Which columns a rollup makes of a metric's column: only what its values allow to say."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from capgen.dataset.description import Description
from capgen.dataset.metric_column import MetricColumn
from capgen.settings.statistic import MEAN, P95, RAW, column_of, count_column

_MAX = "max"
# The placeholder in `sql/rollup/periods.sql` for columns of a statistic that outlives a rollup.
_SAME = {MEAN: "mean", "min": "least", _MAX: "greatest"}


@dataclass(frozen=True, slots=True)
class Rolled:
    """What a rollup makes of one column.

    Args:
        names: what `sql/rollup/periods.sql` repeats its lines for.
        metrics: the rollup's columns.
    """

    names: dict[str, str]
    metrics: tuple[MetricColumn, ...]


def rolled_columns(described: Description) -> list[Rolled]:
    """Return what a rollup makes of the metrics, in their order.

    Args:
        described: what the rows are.
    """
    return list(_rolled(described))


def left_out(described: Description) -> list[str]:
    """Return why columns have no place in a rollup, a line each.

    Args:
        described: what the rows are.
    """
    sources = {name for rolled in rolled_columns(described) for name in rolled.names.values()}
    return [
        f"{metric.name} is left out: no {metric.statistic.upper()} of a longer step follows from "
        "those of shorter ones; load raw samples for it"
        for metric in described.metrics
        if metric.name not in sources
    ]


def _rolled(described: Description) -> Iterator[Rolled]:
    for metric in described.metrics:
        if metric.statistic == RAW:
            yield _sampled(metric, column_of(metric.key, P95))
        elif metric.statistic == P95 and described.stand_for_samples:
            yield _sampled(metric, metric.name)
        elif metric.statistic in _SAME:
            yield from _same(metric, described.sample_counts)


def _same(metric: MetricColumn, counts: Collection[str]) -> Iterator[Rolled]:
    """Yield what keeps its statistic; means count by the samples behind them, where known."""
    count = count_column(metric.name)
    is_known = count in counts
    if is_known and metric.statistic == MEAN:
        yield Rolled({"weighed": metric.name, "count": count}, (metric,))
    else:
        yield Rolled({_SAME[metric.statistic]: metric.name}, (metric,))
    if is_known:
        yield Rolled({"counted": count}, ())


def _sampled(metric: MetricColumn, tail: str) -> Rolled:
    names = {"raw": metric.name, "tail": tail, "key": metric.key}
    columns = {P95: tail}
    columns |= {each: column_of(metric.key, each) for each in (MEAN, _MAX)}
    made = (
        metric.model_copy(update={"name": name, "statistic": statistic})
        for statistic, name in columns.items()
    )
    return Rolled(names, tuple(made))

"""What a page shows of panels that are compared: distributions, memory, the week, some servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from capgen.timeline.epoch import DAYS_PER_WEEK, HOURS_PER_DAY
from capgen.twins.compare.cells import Cells, Floats
from capgen.twins.compare.fact import Fact
from capgen.twins.compare.hashing import chosen
from capgen.twins.compare.measure import ServerMeasure
from capgen.twins.compare.measures import autocorrelation, correlation
from capgen.twins.compare.panel import Panel

_BINS = 40
_HIGHEST = 0.99  # of a server's values: what lies above it is counted in the last bin
_SERVERS = 3
_DAYS = 14
_HOURS_PER_WEEK = DAYS_PER_WEEK * HOURS_PER_DAY

Edges = Mapping[str, Floats]  # of bins, by metric


@dataclass(frozen=True)
class Sketch:
    """Frames of several panels, with a column `panel` each.

    Args:
        values: metric, value (from), share of the values.
        memory: metric, hours, correlation in the middle of the servers.
        week: metric, hour of the week from Monday, mean.
        pairs: pair of metrics, correlation in the middle of the servers.
        servers: metric, server, timestamp, value.
    """

    values: pl.DataFrame
    memory: pl.DataFrame
    week: pl.DataFrame
    pairs: pl.DataFrame
    servers: pl.DataFrame


def sketch(panels: Sequence[Panel]) -> Sketch:
    """Read panels once more for what a page shows of them.

    Args:
        panels: the reference, then the candidates.
    """
    edges = _edges(panels[0])
    shown = chosen(panels[0].servers, _SERVERS)
    parts = [_of_panel(panel, edges, shown) for panel in panels]
    frames = {name: pl.concat([part[name] for part in parts]) for name in parts[0]}
    return Sketch(**frames)


def _edges(reference: Panel) -> Edges:
    """Return bins from the lowest value to the highest 99th percentile of a server."""
    lowest: dict[str, float] = {}
    highest: dict[str, float] = {}
    for cells in reference.blocks():
        for metric, series in cells.series.items():
            # These pass over servers without values, and blocks of such servers alone.
            low = np.fmin.reduce(series.lowest, initial=lowest.get(metric, np.nan))
            high = np.fmax.reduce(series.quantile(_HIGHEST), initial=highest.get(metric, np.nan))
            lowest[metric] = float(low)
            highest[metric] = float(high)
    return {
        metric: np.linspace(low, max(highest[metric], low + 1e-9), _BINS + 1)
        for metric, low in lowest.items()
    }


def _of_panel(panel: Panel, edges: Edges, shown: Sequence[str]) -> dict[str, pl.DataFrame]:
    counts = {metric: np.zeros(_BINS) for metric in edges}
    totals = {metric: np.zeros((2, _HOURS_PER_WEEK)) for metric in edges}
    facts: dict[Fact, list[Floats]] = {}
    servers: list[pl.DataFrame] = []
    for cells in panel.blocks():
        _count(cells, edges, counts, totals)
        for measure in (*_memory(cells), correlation.LINEAR):
            for subject, numbers in measure.find(cells).items():
                facts.setdefault(Fact(measure.name, subject), []).append(numbers)
        servers += _servers(cells, shown)
    middles = {fact: _middle(np.concatenate(parts)) for fact, parts in facts.items()}
    name = pl.lit(panel.dataset.name).alias("panel")
    rows = {
        "values": _value_rows(edges, counts),
        "memory": _memory_rows(middles),
        "week": _week_rows(totals),
        "pairs": _pair_rows(middles),
    }
    frames = {key: pl.DataFrame(list(found)).with_columns(name) for key, found in rows.items()}
    return {**frames, "servers": pl.concat(servers).with_columns(name)}


def _memory(cells: Cells) -> Iterator[ServerMeasure]:
    for measure in autocorrelation.MEASURES:
        if not measure.needs.lacking(cells.window, len(cells.servers)):
            yield measure


def _middle(numbers: Floats) -> float | None:
    present = numbers[np.isfinite(numbers)]
    return float(np.quantile(present, 0.5)) if present.size else None


def _count(
    cells: Cells, edges: Edges, counts: dict[str, Floats], totals: dict[str, Floats]
) -> None:
    window = cells.window
    hours = window.weekdays * HOURS_PER_DAY + window.hours
    for metric, series in cells.series.items():
        present = series.values[series.present]
        inside = np.clip(present, edges[metric][0], edges[metric][-1])
        counts[metric] += np.histogram(inside, edges[metric])[0]
        sums = np.where(series.present, series.values, 0.0).sum(axis=0)
        totals[metric][0] += np.bincount(hours, sums, _HOURS_PER_WEEK)
        totals[metric][1] += np.bincount(hours, series.present.sum(axis=0), _HOURS_PER_WEEK)


def _servers(cells: Cells, shown: Sequence[str]) -> Iterator[pl.DataFrame]:
    steps = min(_DAYS, cells.window.days) * cells.window.steps_per_day
    start = cells.window.start
    moments = pl.datetime_range(
        start, interval=f"{cells.window.step_minutes}m", end=cells.window.stop, eager=True
    )
    for row, server in enumerate(cells.servers):
        if server in shown:
            for metric, series in cells.series.items():
                yield pl.DataFrame(
                    {
                        "metric": [metric] * steps,
                        "server": [server] * steps,
                        "timestamp": moments[:steps],
                        "value": pl.Series(series.values[row, :steps], nan_to_null=True),
                    }
                )


Row = dict[str, object]


def _value_rows(edges: Edges, counts: Mapping[str, Floats]) -> Iterator[Row]:
    for metric, found in counts.items():
        for start, count in zip(edges[metric], found, strict=False):
            yield {
                "metric": metric,
                "value": float(start),
                "share": float(count / max(found.sum(), 1.0)),
            }


def _memory_rows(middles: Mapping[Fact, float | None]) -> Iterator[Row]:
    for fact, middle in middles.items():
        words = fact.measure.split()
        if words[0] == "autocorrelation":
            yield {"metric": fact.subject, "hours": int(words[1]), "correlation": middle}


def _week_rows(totals: Mapping[str, Floats]) -> Iterator[Row]:
    for metric, (sums, numbers) in totals.items():
        for hour in np.flatnonzero(numbers):
            mean = float(sums[hour] / numbers[hour])
            yield {"metric": metric, "hour": int(hour), "mean": mean}


def _pair_rows(middles: Mapping[Fact, float | None]) -> Iterator[Row]:
    for fact, middle in middles.items():
        if fact.measure == correlation.LINEAR.name:
            yield {"pair": fact.subject, "correlation": middle}

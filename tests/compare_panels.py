"""Panels to compare, and what can be wrong with a candidate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from capgen.dataset.metric_column import MetricColumn
from capgen.twins.compare.cells import Bools
from capgen.twins.compare.measures import told_apart
from tests.estimates import Floats
from tests.telemetry_datasets import write_telemetry

METRICS = ("cpu", "mem", "net_in")
START = datetime(2024, 1, 1)  # a Monday
DAY = 24
COLUMNS = [
    MetricColumn(name=f"{key}_p95", key=key, unit="percent", statistic="p95") for key in METRICS
]
Defect = Callable[[Floats], Floats]  # of values of shape (metrics, servers, hours)


def tell_weeks_apart_in_no_time(patch: pytest.MonkeyPatch) -> None:
    """Have weeks scored by their level alone: learning takes most of a comparison's time."""
    patch.setattr(told_apart, "classifier", lambda: _by_level)


def _by_level(_features: Floats, _is_candidate: Bools, others: Floats) -> Floats:
    return others[:, 0]


@cache
def panel(servers: int = 10, days: int = 28, seed: int = 5) -> Floats:
    """Return hourly values of shape (metrics, servers, hours); NaN for a gap.

    Servers have levels, rhythms, trends and gaps of their own, and move together a little.
    """
    generator = np.random.Generator(np.random.SFC64(seed))
    hours = np.arange(days * DAY)
    of_all = _remembering(generator, (1, 1, hours.size), 0.2)
    of_server = _remembering(generator, (1, servers, hours.size), 0.8)
    own = _remembering(generator, (len(METRICS), servers, hours.size), 0.7)
    peak = 14 + 2 * generator.standard_normal((servers, 1))
    day = 0.5 * np.cos(2 * np.pi * (hours % DAY - peak) / DAY)
    weekend = -(0.3 + 0.3 * generator.random((servers, 1))) * (hours // DAY % 7 >= 5)
    trend = 0.15 * generator.standard_normal((servers, 1)) * hours / hours.size
    level = 2.5 + 0.7 * generator.standard_normal((len(METRICS), servers, 1))
    noise = 0.3 * (0.6 * of_all + 0.6 * of_server + 0.7 * own)
    values = np.exp(level + day + weekend + trend + noise).astype(np.float64).round(2)
    rates = 0.004 + 0.012 * generator.random((servers, 1))
    values[:, generator.random((servers, hours.size)) < rates] = np.nan
    return values


def _remembering(
    generator: np.random.Generator, shape: tuple[int, int, int], memory: float
) -> Floats:
    """Return noise of variance 1 whose correlation from hour to hour is `memory`."""
    noise = generator.standard_normal(shape)
    for hour in range(1, shape[2]):
        noise[..., hour] *= np.sqrt(1 - memory**2)
        noise[..., hour] += memory * noise[..., hour - 1]
    return noise


def write_panel(folder: Path, values: Floats, start: datetime = START, name: str = "s") -> Path:
    """Write values as telemetry, and return its folder."""
    _, servers, hours = values.shape
    moments = pl.datetime_range(
        start, start + timedelta(hours=hours - 1), "1h", time_unit="us", eager=True
    )
    rows = pl.DataFrame(
        {
            "timestamp": np.tile(moments.to_numpy(), servers),
            "server_id": np.repeat([f"{name}{number:03}" for number in range(servers)], hours),
            "server_type": "web",
            **{
                column.name: pl.Series(metric.ravel(), nan_to_null=True)
                for column, metric in zip(COLUMNS, values, strict=True)
            },
        }
    )
    return write_telemetry(folder, rows, COLUMNS)


def _generator() -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(1))


def _days(values: Floats) -> Floats:
    return values.reshape(*values.shape[:2], -1, DAY)


def memory_removed(values: Floats) -> Floats:
    """Each hour of a server's weekday takes the value of that hour on another one of the week."""
    days = _days(values).copy()
    generator = _generator()
    for monday in range(0, days.shape[2], 7):
        weekdays = np.arange(monday, monday + 5)
        for server in range(days.shape[1]):
            for hour in range(DAY):
                other = generator.permutation(weekdays)
                days[:, server, weekdays, hour] = days[:, server, other, hour]
    return days.reshape(values.shape)


def hours_shifted(values: Floats) -> Floats:
    return np.roll(values, 6, axis=2)


def weekend_gone(values: Floats) -> Floats:
    is_weekend = np.arange(values.shape[2]) // DAY % 7 >= 5
    weekdays = np.nanmean(values[..., ~is_weekend], axis=2, keepdims=True)
    factor = weekdays / np.nanmean(values[..., is_weekend], axis=2, keepdims=True)
    changed: Floats = np.where(is_weekend, values * factor, values)
    return changed.round(2)


def one_metric_higher(values: Floats) -> Floats:
    changed = values.copy()
    changed[1] *= 1.2
    return changed


def correlations_shuffled(values: Floats) -> Floats:
    """Each metric lies some weeks apart from the others."""
    moved = [np.roll(metric, 7 * DAY * week, axis=1) for week, metric in enumerate(values)]
    return np.stack(moved)


def all_servers_alike(values: Floats) -> Floats:
    """All servers are one, with its weeks in other orders."""
    weeks = values.shape[2] // (7 * DAY)
    of_one = values[:, 3, : weeks * 7 * DAY]
    return np.stack(
        [np.roll(of_one, 7 * DAY * (server % weeks), axis=1) for server in range(values.shape[1])],
        axis=1,
    )


def tails_cut(values: Floats) -> Floats:
    return np.minimum(values, np.nanquantile(values, 0.9, axis=2, keepdims=True))


def rounded_coarser(values: Floats) -> Floats:
    return np.round(values * 5) / 5


def gaps_filled(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nanmean(values, axis=2, keepdims=True))


def half_the_servers_copied(values: Floats) -> Floats:
    other = panel(seed=8).copy()
    other[:, ::2] = values[:, ::2]
    return other


def trend_added(values: Floats) -> Floats:
    rise: Floats = 0.75 + 0.5 * np.arange(values.shape[2]) / values.shape[2]
    return (values * rise).round(2)


def more_at_the_floor(values: Floats) -> Floats:
    low = np.nanquantile(values, 0.4, axis=2, keepdims=True)
    changed: Floats = np.where(values < low, np.nanmin(values, axis=2, keepdims=True), values)
    return changed


def outages_added(values: Floats) -> Floats:
    changed = values.copy()
    generator = _generator()
    for server in range(values.shape[1]):
        for first in generator.integers(0, values.shape[2] - 8, 6):
            changed[:, server, first : first + 8] = np.nan
    return changed


def servers_independent(values: Floats) -> Floats:
    """Each server lies some weeks apart from the others."""
    weeks = values.shape[2] // (7 * DAY)
    return np.stack(
        [
            np.roll(values[:, server], 7 * DAY * (server % weeks), axis=1)
            for server in range(values.shape[1])
        ],
        axis=1,
    )


def levels_closer(values: Floats) -> Floats:
    """The servers' levels differ half as much."""
    mean = np.nanmean(values, axis=2, keepdims=True)
    middle = np.exp(np.log(mean).mean(axis=1, keepdims=True))
    changed: Floats = values * np.sqrt(middle / mean)
    return changed


# By defect, the measures that are its own.
DEFECTS: Mapping[Defect, tuple[str, ...]] = {
    memory_removed: ("autocorrelation 1 h", "autocorrelation 6 h", "mean crossings", "excursions"),
    hours_shifted: ("peak hour", "office hours"),
    weekend_gone: ("weekend",),
    one_metric_higher: ("level",),
    correlations_shuffled: ("correlation", "rank correlation"),
    all_servers_alike: ("quartile widths", "spread of levels", "spread of trends"),
    tails_cut: ("P99 over mean", "share above 3 sd", "share at the ceiling"),
    rounded_coarser: ("ties",),
    gaps_filled: ("gaps",),
    half_the_servers_copied: ("near copies", "exact runs"),
    trend_added: ("trend",),
    more_at_the_floor: ("share at the floor",),
    outages_added: ("gaps", "length of gaps"),
    servers_independent: ("pairs of servers", "first component"),
    levels_closer: ("spread of levels",),
}

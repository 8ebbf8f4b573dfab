"""Reads what servers are fitted on: first what there is, then the values of a few servers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.description import Description
from capgen.dataset.metric_column import MetricColumn
from capgen.dataset.reading.scanning import scan_dataset
from capgen.draws.arrays import Flags, Floats
from capgen.errors import CapgenError, RequestError
from capgen.layers.library.schema import MOST_METRICS, MOST_ROWS
from capgen.settings.holidays import Holidays
from capgen.storage.store.errors import unread
from capgen.timeline.epoch import MINUTES_PER_HOUR, day_number
from capgen.twins.fit.clock import Clock
from capgen.twins.fit.gaps import fleet_gap_steps
from capgen.twins.fit.local_days import LocalDays, local_days, zone_called
from capgen.twins.fit.metrics import columns_by_key

_VALUES_AT_ONCE = 8_000_000
_STEP = "step"
LABEL = "label_"  # before the names of labels among the servers'


@dataclass(frozen=True, slots=True, eq=False)
class Telemetry:
    """Telemetry to fit.

    Args:
        folder: where it lies.
        rows: server_id, step, and the metrics' columns, within the window.
        columns: the metrics' columns, by key; none has a value below 0.
        negative: columns that were left out because they have.
        granularity: the time step.
        clock: of the steps; its days are those of UTC.
        local: the days that are fitted.
        servers: server_id, first and last step with a value, number of such steps (`present`),
            and labels, behind `LABEL`; sorted by server_id.
        gone: the steps at which the fleet lacks everything.
        calendar: whose holidays are days apart; None: they are days like others.
    """

    folder: Path
    rows: pl.LazyFrame
    columns: dict[str, MetricColumn]
    negative: tuple[str, ...]
    granularity: str
    clock: Clock
    local: LocalDays
    servers: pl.DataFrame
    gone: Flags
    calendar: Holidays | None

    def values(self, ids: Sequence[str]) -> Iterator[Floats]:
        """Yield the values of some servers, shape (metrics, steps), NaN where missing.

        Args:
            ids: sorted.
        """
        size = max(1, _VALUES_AT_ONCE // (self.clock.steps * len(self.columns)))
        for first in range(0, len(ids), size):
            yield from self._of(ids[first : first + size])

    def _of(self, ids: Sequence[str]) -> Floats:
        name = pl.col("server_id")
        rows = _collected(
            self.folder, self.rows.filter(name.is_between(pl.lit(ids[0]), pl.lit(ids[-1])))
        )
        rows = rows.filter(name.is_in(list(ids)))
        values = np.full((len(ids), len(self.columns), self.clock.steps), np.nan)
        servers = rows["server_id"].replace_strict(
            ids, list(range(len(ids))), return_dtype=pl.Int64
        )
        steps = rows[_STEP].to_numpy()
        for number, metric in enumerate(self.columns.values()):
            values[servers.to_numpy(), number, steps] = rows[metric.name].to_numpy()
        values[~np.isfinite(values)] = np.nan
        return values


def read_telemetry(
    folder: Path,
    first: date | None,
    last: date | None,
    labels: Sequence[str],
    calendar: Holidays | None = None,
    zone: str | None = None,
) -> Telemetry:
    """Read what there is of telemetry, but not yet its values.

    Args:
        folder: of any dataset.
        first: the first day to fit; None for the first there is.
        last: the last day to fit; None for the last there is.
        labels: columns of servers' labels to keep.
        calendar: whose holidays are days apart; None: they are days like others.
        zone: whose days are fitted; None for that by which exports were written.

    Raises:
        RequestError: it is no dataset, or nothing of it can be fitted.
        CapgenError: a file cannot be read.
    """
    manifest = read_any_manifest(folder)
    described = manifest.description()
    _check(folder, described, labels)
    days = _window(folder, described, first, last)
    local = local_days(days, described.step_minutes, zone_called(zone, manifest), calendar)
    clock = Clock(day_number(days[0]), (days[1] - days[0]).days + 1, described.step_minutes)
    rows = _rows(scan_dataset(folder, manifest), described, days)
    present = rows.filter(pl.any_horizontal(pl.col(described.metric_names).is_not_null()))
    servers = _servers(folder, present, described.metric_names, labels)
    negative = [name for name in described.metric_names if (servers[name] < 0).any()]
    columns = columns_by_key([each for each in described.metrics if each.name not in negative])
    if not columns:
        raise RequestError(f"{folder}: expected a metric without values below 0, found none")
    gone = _gone(folder, present, servers, clock)
    step = described.granularity
    return Telemetry(
        folder, rows, columns, tuple(negative), step, clock, local, servers, gone, calendar
    )


def _check(folder: Path, described: Description, labels: Sequence[str]) -> None:
    minutes = described.step_minutes
    if MINUTES_PER_HOUR % minutes and minutes % MINUTES_PER_HOUR:
        raise RequestError(
            f"{folder}: expected a step that divides an hour, or of whole hours, got "
            f"{described.granularity}; roll it up with capgen rollup --to hourly"
        )
    if not 0 < len(described.metrics) <= MOST_METRICS:
        raise RequestError(
            f"{folder}: expected 1 to {MOST_METRICS} metrics, got {len(described.metrics)}; "
            "load fewer"
        )
    for label in labels:
        if label not in described.labels:
            known = ", ".join(described.labels) or "none"
            raise RequestError(f"--labels: expected labels of {folder}: {known}; got {label!r}")


def _window(
    folder: Path, described: Description, first: date | None, last: date | None
) -> tuple[date, date]:
    starts = described.first_timestamp.date()
    ends = described.last_timestamp.date()
    days = (max(first or starts, starts), min(last or ends, ends))
    if days[0] > days[1]:
        raise RequestError(
            f"--from, --to: expected days from {starts} to {ends}, which {folder} has, "
            f"got {first or starts} to {last or ends}"
        )
    return days


def _rows(every: pl.LazyFrame, described: Description, days: tuple[date, date]) -> pl.LazyFrame:
    timestamp = pl.col("timestamp")
    minutes = (timestamp - pl.lit(days[0]).cast(pl.Datetime("us"))).dt.total_minutes()
    inside = (timestamp >= days[0]) & (timestamp < days[1] + timedelta(days=1))
    return every.filter(inside).select(
        "server_id",
        (minutes // described.step_minutes).alias(_STEP),
        *(pl.col(name).fill_nan(None) for name in described.metric_names),
        *described.labels,
    )


def _servers(
    folder: Path, present: pl.LazyFrame, metrics: Sequence[str], labels: Sequence[str]
) -> pl.DataFrame:
    step = pl.col(_STEP)
    found = present.group_by("server_id").agg(
        step.min().alias("first"),
        step.max().alias("last"),
        pl.len().alias("present"),
        pl.col(metrics).min(),
        *(pl.col(label).min().fill_null("").alias(f"{LABEL}{label}") for label in labels),
    )
    servers = _collected(folder, found.sort("server_id"))
    if not 0 < servers.height <= MOST_ROWS:
        raise RequestError(
            f"{folder}: expected 1 to {MOST_ROWS:,} servers with values, got {servers.height:,}"
        )
    return servers


def _gone(folder: Path, present: pl.LazyFrame, servers: pl.DataFrame, clock: Clock) -> Flags:
    counts = _collected(folder, present.group_by(_STEP).len())
    of_steps = np.zeros(clock.steps, np.int64)
    of_steps[counts[_STEP].to_numpy()] = counts["len"].to_numpy()
    changes = np.zeros(clock.steps + 1, np.int64)
    np.add.at(changes, servers["first"].to_numpy(), 1)
    np.add.at(changes, servers["last"].to_numpy() + 1, -1)
    return fleet_gap_steps(of_steps, np.cumsum(changes)[:-1])


def _collected(folder: Path, frame: pl.LazyFrame) -> pl.DataFrame:
    try:
        return frame.collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CapgenError(f"{folder}: {unread(error)}") from None

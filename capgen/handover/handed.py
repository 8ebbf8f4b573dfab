"""The rows that a destination is handed, read as often as it asks, in little memory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from capgen.columns import AFTER_METRICS
from capgen.dataset.description import Description
from capgen.dataset.manifest import Manifest
from capgen.dataset.manifest_base import ManifestBase
from capgen.dataset.metric_column import MetricColumn
from capgen.handover.grid import KEYS, on_grid
from capgen.handover.reader import Reader
from capgen.handover.request import Request
from capgen.handover.servers import lives_of, servers_of
from capgen.panel.days import known_days
from capgen.storage.layout import EVENTS
from capgen.storage.store.errors import plain_errors
from capgen.timeline.epoch import MINUTES_PER_DAY
from capgen.words import listed

HOUR = "hour"  # of the day, in UTC; a column that rows have where they are asked for it
_MOST_NAMED = 5
_PERCENT = (100.0, 0.0)
_NO_NUMBERS = {"year"}  # of a calendar: it never comes again


class Handed:
    """The rows that a destination is handed.

    Values are in the units of the panel: percentages run from 0 to 100. Timestamps are UTC.

    Args:
        folder: the dataset's folder.
        manifest: the dataset's manifest.
        request: what is asked for.
        form: the format of files, where a destination leaves a choice.
        spill: a folder for what does not fit into memory; it need not exist.

    Raises:
        RequestError: a column or metric does not exist, or no row is left by `--since-now`.
    """

    def __init__(
        self, folder: Path, manifest: ManifestBase, request: Request, form: str, spill: Path
    ) -> None:
        self._folder = folder
        self._manifest = manifest
        self._reader = Reader(folder, manifest, request.selection, spill)
        self.request = request
        self.form = form
        self.described: Description = manifest.description()
        self.columns: list[str] = request.selection.chosen_columns(self.described)
        self.window = request.selection.window(self.described)
        self.metrics = tuple(
            metric for metric in self.described.metrics if metric.name in self.columns
        )
        self.labels = tuple(name for name in self.described.labels if name in self.columns)
        self.remarks: list[str] = []

    def close(self) -> None:
        """Close what rows are read from."""
        self._reader.close()

    @property
    def row_count(self) -> int:
        """How many of the panel's rows were read."""
        return self._reader.row_count

    @property
    def calendar(self) -> tuple[str, ...]:
        """The columns of numbers that are known beforehand: those asked for, and the hour.

        Where a column of the panel is called like the hour, it stands for itself alone.
        """
        days = [name for name in AFTER_METRICS if name not in self.described.labels]
        known = [name for name in days if name in self.columns and name not in _NO_NUMBERS]
        is_by_day = self.described.step_minutes >= MINUTES_PER_DAY
        has_hours = not is_by_day and HOUR not in self.described.schema
        return (*([HOUR] if has_hours else []), *known)

    @property
    def step(self) -> timedelta:
        """The time between two timestamps of a server."""
        return timedelta(minutes=self.described.step_minutes)

    @property
    def first(self) -> datetime:
        """The earliest timestamp, shifted."""
        return self.window.first + self.window.shift

    @property
    def last(self) -> datetime:
        """The latest timestamp, shifted."""
        return self.window.last + self.window.shift

    def limits(self, metric: MetricColumn) -> tuple[float, float] | None:
        """Return the greatest and the least value that a metric may have; None if not known.

        Args:
            metric: one of the metrics.
        """
        configured = self._manifest.load_config() if isinstance(self._manifest, Manifest) else None
        if configured is not None:
            least, greatest = configured.metrics[metric.key].clip
            return greatest, least
        return _PERCENT if metric.unit == "percent" else None

    @property
    def origin(self) -> dict[str, str]:
        """Where the rows come from, as the metadata of what is made from them."""
        return dict(self._manifest.origin)

    def frames(self, columns: Sequence[str], *, full_grid: bool = False) -> Iterator[pl.DataFrame]:
        """Yield the rows in frames, sorted by server and timestamp.

        A frame has a few whole servers, or a part of one.

        Args:
            columns: the columns in their order; `hour` may be among them.
            full_grid: a row for each step of a server from its first value to its last one;
                where a row is absent, metrics are null, labels and the calendar are not.

        Raises:
            RequestError: the condition fails for a row.
            CapgenError: a file cannot be read.
        """
        stored = [name for name in columns if name != HOUR or HOUR in self.described.schema]
        frames = self._reader.frames(list(dict.fromkeys([*KEYS, *stored])))
        if full_grid:
            labels = self.described.labels
            frames = on_grid(frames, self.lives, self.step, labels, lambda: self._days)
        hour = pl.col("timestamp").dt.hour()
        for frame in frames:
            whole = frame if HOUR in frame.columns else frame.with_columns(hour.alias(HOUR))
            yield whole.select(columns)

    def servers_rows(
        self, columns: Sequence[str], *, full_grid: bool = False
    ) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield each server's id with all its rows, sorted by timestamp.

        Args:
            columns: as in `frames`.
            full_grid: as in `frames`.
        """
        wanted = list(dict.fromkeys(["server_id", *columns]))
        parts: list[pl.DataFrame] = []
        for frame in self.frames(wanted, full_grid=full_grid):
            for part in frame.partition_by("server_id", maintain_order=True):
                if parts and parts[0].item(0, "server_id") != part.item(0, "server_id"):
                    yield _joined(parts, columns)
                    parts = []
                parts.append(part)
        if parts:
            yield _joined(parts, columns)

    def remark(self, what: str, servers: Sequence[str]) -> None:
        """Note something of some servers, for the user to know when all is written.

        Args:
            what: what it is.
            servers: their ids; only the first ones are named.
        """
        self.remarks.append(f"{what}: {listed(servers, _MOST_NAMED)}")

    @cached_property
    def lives(self) -> pl.DataFrame:
        """One row a server that has values, by id: server_id, and their first and last step."""
        metrics = [metric.name for metric in self.metrics]
        return lives_of(self.frames([*KEYS, *metrics]), metrics)

    @cached_property
    def servers(self) -> pl.DataFrame:
        """One row a server, by id: server_id and the labels."""
        columns = ["server_id", *self.labels]
        if self.request.selection.rows is None:
            return self._reader.servers(columns)
        return servers_of(self.frames(columns), self.labels)

    @cached_property
    def ledger(self) -> list[dict[str, Any]] | None:
        """The ledger of events, as the dataset keeps it, not shifted; None where it has none."""
        if EVENTS not in {entry.path for entry in self._manifest.side_files}:
            return None
        path = self._folder / EVENTS
        with plain_errors(self._folder):
            text = path.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @cached_property
    def _days(self) -> pl.DataFrame:
        """The calendar of all days, at their shifted dates."""
        day = pl.col("calendar_day")
        flags = known_days(self.described.calendar).days.drop("eoq_factor", "holiday_factor")
        year = day.dt.year().cast(pl.Int64).alias("year")
        return flags.with_columns(day + self.window.shift, year)


def _joined(parts: list[pl.DataFrame], columns: Sequence[str]) -> tuple[str, pl.DataFrame]:
    return parts[0].item(0, "server_id"), pl.concat(parts).select(columns)

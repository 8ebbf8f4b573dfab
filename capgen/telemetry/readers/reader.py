"""What a reader of exports is: it recognises files, and turns them into readings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from capgen import sql
from capgen.dataset.telemetry_manifest import AccountLine
from capgen.settings.statistic import RAW
from capgen.telemetry.readers.mapping import Mapping as ExportMapping
from capgen.telemetry.readers.mapping_types import How, Kind
from capgen.telemetry.readers.places import MetricPlace

HEAD_BYTES = 2**16
READINGS = "readings"
LABEL_READINGS = "label_readings"
_LONGEST_KEY = 40
_NEITHER_LETTER_NOR_DIGIT = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Head:
    """The start of a file, by which a reader recognises it.

    Args:
        name: the file's name, without its folders.
        start: its first bytes, at most `HEAD_BYTES`.
        is_whole: whether there are no more.
    """

    name: str
    start: bytes
    is_whole: bool

    @property
    def text(self) -> str:
        """The start as text, without a byte order mark."""
        return self.start.decode("utf-8-sig", errors="replace")


@dataclass(frozen=True, slots=True)
class ReadMetric:
    """A metric as a reader found it.

    Args:
        key: its key; several series may share it, such as one for each statistic.
        unit: of the values, after a counter's rate and the expression; None where nobody says it;
            `auto` for percent or fraction.
        to: the unit to convert to; None for none.
        statistic: what a value is of the samples of its step.
        kind: whether values are rates or levels already, or count up.
        expression: SQL with `value`, or None.
        over: how devices are joined, or None.
    """

    key: str
    unit: str | None = None
    to: str | None = None
    statistic: str = RAW
    kind: Kind = "gauge"
    expression: str | None = None
    over: How | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What a reader says beside the readings.

    Args:
        metrics: by the text in `series`.
        zone: the clock of `moment`.
        guesses: what was taken for granted, and why.
        notes: what the reader left out, such as restart rows, repeated headers, partial answers.
    """

    metrics: Mapping[str, ReadMetric]
    zone: str = "UTC"
    guesses: Sequence[AccountLine] = field(default=())
    notes: Sequence[AccountLine] = field(default=())


class Reader(Protocol):
    """One kind of export.

    `read` finds the table `sources` (file: position from 0; filename: as DuckDB names it; name:
    without folders; server: from the file's name or the mapping, else null), and leaves two views:

    - `readings`, which streams, one row a sample: `file` INTEGER; `position` BIGINT, the order in
      the file, null where the view has the rows in that order; `server` VARCHAR, as found (strip
      and lower are not the reader's work); `series` VARCHAR, a key of `Read.metrics`; `moment`
      TIMESTAMP by the clock of `Read.zone`, null where it cannot be read; `value` DOUBLE, null or
      NaN where the export has none; `reading` VARCHAR, the text of a value that is no number (or
      of a time that is none), else null. Where there are any, also `device` VARCHAR, and `samples`
      BIGINT, the number of samples behind a value.
    - `label_readings` (server, label, value VARCHAR), where the mapping takes labels from columns.

    A reader repairs nothing.
    """

    @property
    def name(self) -> str:
        """Its name, as --as takes it."""

    @property
    def says(self) -> str:
        """What it reads, in one line."""

    def recognise(self, head: Head) -> str | None:
        """Return why a file looks like one of this kind; None where it does not."""

    def read(
        self, connection: sql.Connection, files: Sequence[Path], mapping: ExportMapping
    ) -> Read:
        """Check the files, and make the views.

        Raises RequestError where the mapping does not fit, and CapgenError where a file is broken.
        """


def described(place: MetricPlace, key: str, known: ReadMetric) -> ReadMetric:
    """Return a metric with what the mapping says over what the reader knows.

    Args:
        place: the mapping's section.
        key: the metric's key in the mapping.
        known: what the reader knows of the series.
    """
    return ReadMetric(
        key=key,
        unit=place.unit if place.unit is not None else known.unit,
        to=place.to,
        statistic=place.statistic or known.statistic,
        kind=place.kind or known.kind,
        expression=place.expression,
        over=next(iter(place.over.values()), known.over),
    )


def keys_of(series: Iterable[str]) -> dict[str, str]:
    """Return a key for each series that the mapping does not name: its own name, cleaned.

    Args:
        series: names as found.

    Returns:
        Keys by series, each of its own: a number tells those apart that would be the same.
    """
    keys: dict[str, str] = {}
    for name in sorted(set(series)):
        plain = _NEITHER_LETTER_NOR_DIGIT.sub("_", name.lower()).strip("_")
        first = plain if plain[:1].isalpha() else f"m_{plain}".rstrip("_")
        keys[name] = _new_key(first[:_LONGEST_KEY].rstrip("_"), set(keys.values()))
    return keys


def _new_key(wanted: str, taken: set[str]) -> str:
    key = wanted
    number = 1
    while key in taken:
        number += 1
        key = f"{wanted[: _LONGEST_KEY - len(str(number)) - 1]}_{number}"
    return key

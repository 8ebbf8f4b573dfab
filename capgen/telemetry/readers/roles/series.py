"""Series with labels, and the roles that they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from capgen.dataset.telemetry_manifest import AccountLine
from capgen.telemetry.readers.reader import ReadMetric
from capgen.words import listed

_SHOWN = 5


def some(names: Sequence[str]) -> str:
    """Return the first of some names, and how many more there are."""
    return listed(names, _SHOWN) or "none"


@dataclass(frozen=True, slots=True)
class Series:
    """One series as found.

    Args:
        id: what its samples have in their column `id`.
        name: the metric's name.
        labels: values by name.
        known: what the format says of the metric.
        statistic: what the exports say the values are; None where they say nothing.
    """

    id: str
    name: str
    labels: Mapping[str, str]
    known: ReadMetric
    statistic: str | None = None


@dataclass(slots=True)
class Roles:
    """Which metric, server and device each series is.

    Args:
        rows: id, series, server and device.
        metrics: by the text in `series`.
        guesses: what was taken for granted.
        notes: what was left out.
    """

    rows: list[tuple[str, str, str | None, str | None]] = field(default_factory=list)
    metrics: dict[str, ReadMetric] = field(default_factory=dict)
    guesses: list[AccountLine] = field(default_factory=list)
    notes: list[AccountLine] = field(default_factory=list)


def guess(name: str, about: str, says: str) -> AccountLine:
    """Return a line of the account that says what was taken for granted, and why."""
    return AccountLine(name=name, about=about, count=0, says=says)


def value_of(one: Series, label: str | None) -> str | None:
    """Return what a series has for a label; None where it has none, or no label is meant."""
    return None if label is None else one.labels.get(label)

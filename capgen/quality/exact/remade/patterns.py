"""What was done to the values of a server, as data and remade values prove it.

Each pattern is a function that looks at one column of one server and returns what it sees, or
nothing; `PATTERNS` has them in the order in which they are asked. None guesses: a pattern holds for
every value that differs, or is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from capgen.draws.arrays import Flags, Floats
from capgen.timeline.epoch import MINUTES_PER_DAY, MINUTES_PER_HOUR

_FEWEST_VALUES = 3  # of different size, that a pattern is told from
_SMALLEST_CHANGE = 3  # units of the last decimal
_SIGNIFICANT = 4
_DAYS = (*range(1, 32), 365, 366)


@dataclass(frozen=True)
class Pair:
    """One numeric column of one server: data and remade values, by timestamp; NaN stands for null.

    Args:
        data: values of the data.
        remade: values that were remade.
        unit: what 1 in the last decimal counts for.
        step_minutes: minutes between timestamps.
        clip: the lowest and the highest value there may be.
        is_flag: whether the column is a flag.
        namesake: another server or column whose remade values are exactly these; None where none is
            known.
    """

    data: Floats
    remade: Floats
    unit: float
    step_minutes: int
    clip: tuple[float, float]
    is_flag: bool
    namesake: str | None

    @cached_property
    def differs(self) -> Flags:
        """Where the bits differ."""
        return np.not_equal(self.data.view(np.int64), self.remade.view(np.int64))

    @cached_property
    def changed(self) -> tuple[Floats, Floats]:
        """The values that differ: of the data, and remade."""
        return self.data[self.differs], self.remade[self.differs]

    @property
    def may_be_told(self) -> bool:
        """Whether enough different numbers differ to tell what was done to them."""
        data, remade = self.changed
        finite = np.isfinite(data) & np.isfinite(remade)
        return bool(finite.all()) and len(np.unique(remade)) >= _FEWEST_VALUES


def pattern_of(pair: Pair) -> str:
    """Return what was done to the values, in words; nothing where no pattern holds.

    Args:
        pair: some values differ.
    """
    return next((told for pattern in PATTERNS if (told := pattern(pair))), "")


def _taken_away(pair: Pair) -> str:
    return "taken away" if np.isnan(pair.changed[0]).all() else ""


def _filled(pair: Pair) -> str:
    return "given where there are none" if np.isnan(pair.changed[1]).all() else ""


def _sign_of_zero(pair: Pair) -> str:
    data, remade = pair.changed
    return "of the other sign of zero" if (data == 0).all() and (remade == 0).all() else ""


def _inverted(pair: Pair) -> str:
    return "inverted" if pair.is_flag and (pair.data == 1 - pair.remade).all() else ""


def _of_another(pair: Pair) -> str:
    has_values = len(np.unique(pair.data[~np.isnan(pair.data)])) >= _FEWEST_VALUES
    return f"those of {pair.namesake}" if pair.namesake and has_values else ""


def _one_value(pair: Pair) -> str:
    data, _ = pair.changed
    return f"all {data[0]:g}" if pair.may_be_told and (data == data[0]).all() else ""


def _rounded(pair: Pair) -> str:
    data, remade = pair.changed
    if not pair.may_be_told:
        return ""
    for decimals in range(round(-np.log10(pair.unit))):
        if np.array_equal(data, np.round(remade, decimals)):
            return f"rounded to {decimals} decimals" if decimals else "rounded to whole numbers"
    return "in single precision" if np.array_equal(data, remade.astype(np.float32)) else ""


def _scaled(pair: Pair) -> str:
    data, remade = pair.changed
    if not pair.may_be_told or pair.is_flag:
        return ""
    largest = abs(remade) >= np.quantile(abs(remade), 0.75)
    bases = np.where(remade[largest] == 0, np.nan, remade[largest])
    factor = float(np.median(data[largest] / bases))
    if not np.isfinite(factor):
        return ""
    short = float(f"{factor:.{_SIGNIFICANT}g}")
    return next((f"× {each:g}" for each in (short, factor) if _fits(pair, remade * each)), "")


def _moved(pair: Pair) -> str:
    data, remade = pair.changed
    if not pair.may_be_told or pair.is_flag:
        return ""
    distance = round(float(np.median(data - remade)), 12)
    sign = "+" if distance > 0 else "−"
    return f"{sign} {abs(distance):.{_SIGNIFICANT}g}" if _fits(pair, remade + distance) else ""


def _fits(pair: Pair, expected: Floats) -> bool:
    """Tell whether values that differ are those expected, but for rounding, and have moved far."""
    data, remade = pair.changed
    off = np.minimum(abs(data - expected), abs(data - np.clip(expected, *pair.clip)))
    is_expected = bool((off <= pair.unit * (1 + 1e-9)).all())
    return is_expected and float(abs(data - remade).max()) >= _SMALLEST_CHANGE * pair.unit


def _shifted(pair: Pair) -> str:
    if len(np.unique(pair.remade)) < _FEWEST_VALUES or pair.is_flag:
        return ""
    steps = next((each for each in _shifts(pair) if _is_late(pair, each)), 0)
    if not steps:
        return ""
    direction = "late" if steps > 0 else "early"
    return f"{_length(abs(steps) * pair.step_minutes)} {direction}"


def _shifts(pair: Pair) -> Iterator[int]:
    minutes = [
        pair.step_minutes,
        *(MINUTES_PER_HOUR * hour for hour in range(1, 24)),
        *(MINUTES_PER_DAY * day for day in _DAYS),
    ]
    for distance in dict.fromkeys(minutes):
        steps = distance // pair.step_minutes
        if distance % pair.step_minutes == 0 and steps <= len(pair.data) - _FEWEST_VALUES:
            yield from (steps, -steps)


def _is_late(pair: Pair, steps: int) -> bool:
    if steps > 0:
        return np.array_equal(pair.data[steps:], pair.remade[:-steps], equal_nan=True)
    return np.array_equal(pair.remade[-steps:], pair.data[:steps], equal_nan=True)


def _length(minutes: int) -> str:
    if minutes % MINUTES_PER_DAY == 0:
        return f"{minutes // MINUTES_PER_DAY} d"
    hours, left = divmod(minutes, MINUTES_PER_HOUR)
    return f"{minutes} min" if left else f"{hours} h"


def _permuted(pair: Pair) -> str:
    data, remade = (np.sort(each) for each in pair.changed)
    is_same = np.array_equal(data, remade, equal_nan=True)
    return "at other times" if is_same and len(np.unique(remade)) >= _FEWEST_VALUES else ""


PATTERNS: tuple[Callable[[Pair], str], ...] = (
    _of_another,
    _taken_away,
    _filled,
    _sign_of_zero,
    _inverted,
    _one_value,
    _rounded,
    _scaled,
    _moved,
    _shifted,
    _permuted,
)

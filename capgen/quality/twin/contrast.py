"""Contrasts: how far a measurement of the data lies from that of its twin, server by server.

**Why a twin.** Values that are clipped, remembered and drawn in states have no closed form to
compare with. The same model makes the twin of the same servers, with what each of these was given
once, the same events and the same gaps, but with other draws. If the data is as configured, the two
can be swapped: differences are symmetric about 0 whatever their distribution, and a long tail only
makes the test more careful (B. Efron, "Student's t-test under symmetry conditions", 1969).

**Standard errors** come from the differences between servers, or between periods of each where
there are few servers, by the jackknife; Student's t is turned into a normal (B. J. R. Bailey,
"Accurate normalizing transformations of a Student's t variate", 1980). Servers that share movement
are no independent witnesses: a functional of two Gaussian processes with correlation ρ has no
higher one itself (A. N. Kolmogorov, Y. A. Rozanov, 1960), so that with n servers the variance is at
most (1 + (n − 1)ρ) / (1 − ρ) times as large (L. Kish's design effect).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Flags, Floats
from capgen.quality.findings import Finding, not_testable
from capgen.quality.statistics import Statistic

_FEWEST = 12  # servers, or periods of them, that a standard error can be had from
_NOTHING = 1e-12


class Both(NamedTuple):
    """What the data says, and what its twin says."""

    data: NDArray[Any]
    twin: NDArray[Any]

    def each(self, measure: Callable[[NDArray[Any]], NDArray[Any]]) -> Both:
        """Measure both in the same way.

        Args:
            measure: returns a measurement of one of them.
        """
        return Both(measure(self.data), measure(self.twin))


@dataclass(frozen=True, slots=True)
class Contrast:
    """A measurement of the data and of its twin, in each server and period.

    Args:
        rule: the rule it belongs to.
        subject: what was measured.
        both: what data and twin say; NaN where they say nothing.
        servers: how many servers there are, which may move together.
        implied: what the data would lack without the effect; None where there is no effect to miss.
        absent: what both would be without the effect, for measurements that are compared as they
            are.
        growth: how much the variance grows, as periods of a server remember each other.
        note: what else is worth knowing.
    """

    rule: str
    subject: str
    both: Both
    servers: int
    implied: Floats | None = None
    absent: float | None = None
    growth: float = 1.0
    note: str = ""

    def statistic(self, kinship: float) -> Statistic | Finding:
        """Return the mean difference, or its slope on what is implied.

        The slope is 1 where the effect is as configured.

        Args:
            kinship: the highest correlation that two servers have on average.
        """
        weights = np.ones(self.both.data.shape) if self.implied is None else self.implied
        known = np.isfinite(self.both.data) & np.isfinite(self.both.twin) & (weights > 0)
        weights = weights[known]
        difference = self.both.data[known] - self.both.twin[known]
        total = float(weights.sum())
        effective = total**2 / float((weights**2).sum()) if total > 0 else 0.0
        if effective < _FEWEST:
            return not_testable(self.rule, _too_few(effective), self.subject)
        slope = float(difference.sum()) / total
        widening = math.sqrt(self.growth * design_effect(self.servers, kinship))
        error = _error(difference, weights, slope) * widening
        measured, expected, missing = self._said(known, slope)
        off = _as_normal(slope, error, effective)
        reach = None
        if missing is not None:
            # What is there and should not be shows itself, however little there was to miss.
            reach = max(abs(_as_normal(missing, error, effective)), abs(off))
        return Statistic(
            self.rule, self.subject, measured, expected, off=off, reach=reach, note=self.note
        )

    def _said(self, known: Flags, slope: float) -> tuple[float, float, float | None]:
        """Return what was measured and expected, and how far off a missing effect would be."""
        if self.implied is not None:
            return 1 + slope, 1.0, 1.0
        data, twin = (float(each[known].mean()) for each in self.both)
        return data, twin, None if self.absent is None else twin - self.absent


def pooled(rule: str, subject: str, contrasts: Sequence[Contrast]) -> Contrast:
    """Put slopes of several archetypes together.

    Args:
        rule: the rule they belong to.
        subject: what was measured.
        contrasts: at least one, each with what is implied, weighted by its precision.
    """
    data, twin, implied = (np.concatenate(list(map(np.ravel, part))) for part in _parts(contrasts))
    servers = sum(each.servers for each in contrasts)
    growth = max(each.growth for each in contrasts)
    return Contrast(rule, subject, Both(data, twin), servers, implied, growth=growth)


def added(subject: str, contrasts: Sequence[Contrast]) -> Contrast:
    """Add up slopes of several metrics of the same servers.

    Args:
        subject: what was measured.
        contrasts: at least one, each with what is implied, weighted by its precision.
    """
    data, twin, implied = (np.nansum(parts, axis=0) for parts in _parts(contrasts))
    return replace(contrasts[0], subject=subject, both=Both(data, twin), implied=implied)


def _parts(contrasts: Sequence[Contrast]) -> Iterator[list[Floats]]:
    yield [each.both.data for each in contrasts]
    yield [each.both.twin for each in contrasts]
    yield [each.implied for each in contrasts if each.implied is not None]


def design_effect(servers: int, kinship: float) -> float:
    """Return how much larger a variance is, at most, as servers move together.

    Args:
        servers: how many servers there are.
        kinship: the highest correlation that two of them have on average.
    """
    return (1 + (servers - 1) * kinship) / max(1 - kinship, _NOTHING)


def _error(difference: Floats, weights: Floats, slope: float) -> float:
    """Return the standard error of a slope, from leaving one out at a time."""
    total = weights.sum()
    count = weights.size
    left_out = (difference - slope * weights) / (total - weights)
    return float(np.sqrt((count - 1) / count * (left_out**2).sum()))


def _as_normal(value: float, error: float, effective: float) -> float:
    """Return a value over its standard error as a normal would have it."""
    if abs(value) < _NOTHING:
        return 0.0
    freedom = effective - 1
    squared = (value / error) ** 2 if error > 0 else math.inf
    shrink = (8 * freedom + 1) / (8 * freedom + 3)
    size = shrink * math.sqrt(freedom * math.log1p(squared / freedom))
    return math.copysign(size, value)


def _too_few(effective: float) -> str:
    return f"it takes {_FEWEST} servers or periods of them to tell, and there are {effective:.1f}"

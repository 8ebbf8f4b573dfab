"""Judges how far measurements lie from what is configured, all tests of a check at once.

**Correction for the number of tests.** A check makes some two hundred tests. Each gets an equal
part of the chance of a false alarm, 1 in 1,000 for the whole check (Bonferroni): with m tests, one
fails beyond the normal quantile at 1 − 0.001 / 2m, some 4.6 standard errors. All tests that were
thought of count, those that prove untestable too. The correction holds whatever the dependence
between the tests.

**Correction for small samples.** Values are clipped and spiked, so sums of few of them are skewed,
and a normal quantile would be too narrow. The first four moments of every value follow from the
configuration; they widen the limit by the Cornish-Fisher expansion,
z + |skewness|·(z² − 1)/6 + excess kurtosis·(z³ − 3z)/24, leaving out what would narrow it
(E. A. Cornish, R. A. Fisher, "Moments and cumulants in the specification of distributions", 1938).
Where that widens the limit by more than 1.5, there are too few values to test.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import NamedTuple

from capgen.quality.findings import Finding, Verdict, not_testable

FALSE_ALARMS = 1 / 1000
_WIDEST_CORRECTION = 1.5
# A missing effect must lie this far beyond the limit to be found nearly always (49 times in 50).
_MARGIN = 2.0


class Deviation(NamedTuple):
    """A weighted sum of (value − expectation), and the moments that the configuration implies.

    Args:
        total: the sum.
        variance: its variance.
        third: its third cumulant.
        fourth: its fourth cumulant.
        slack: how far rounding may move the sum.
    """

    total: float
    variance: float
    third: float
    fourth: float
    slack: float

    @property
    def standard_errors(self) -> float:
        """The sum, less what rounding may have done, over its standard deviation."""
        beyond = math.copysign(max(abs(self.total) - self.slack, 0.0), self.total)
        if beyond == 0:
            return 0.0
        if self.variance > 0:
            return beyond / math.sqrt(self.variance)
        return math.copysign(math.inf, beyond)

    @property
    def skewness(self) -> float:
        """Third standardised cumulant."""
        return self.third / self.variance / math.sqrt(self.variance) if self.variance > 0 else 0.0

    @property
    def kurtosis(self) -> float:
        """Fourth standardised cumulant."""
        return self.fourth / self.variance / self.variance if self.variance > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Statistic:
    """A measurement that waits for its limit, which depends on how many there are.

    Args:
        rule: the rule it belongs to.
        subject: what was measured.
        measured: what the data says.
        expected: what the configuration implies.
        off: their distance in standard errors.
        skewness: skewness of `off`, where the data is as configured.
        kurtosis: excess kurtosis of `off`, likewise.
        reach: where `off` would lie if the effect were missing, without sign; None where there is
            no effect to miss.
        unit: unit of `off`.
        note: what else is worth knowing.
        details: further numbers by name.
    """

    rule: str
    subject: str
    measured: float | str
    expected: float | str
    off: float
    skewness: float = 0.0
    kurtosis: float = 0.0
    reach: float | None = None
    unit: str = "SE"
    note: str = ""
    details: Mapping[str, float] = field(default_factory=dict)


def share_statistic(
    rule: str, subject: str, hits: int, cells: int, chance: float, note: str = ""
) -> Statistic:
    """Return the share of cells that something fell on, each by itself: a binomial.

    Args:
        rule: the rule it belongs to.
        subject: what was counted.
        hits: how many cells it fell on.
        cells: how many cells there are.
        chance: the configured chance of each cell.
        note: what else is worth knowing.
    """
    off = binomial_score(hits, cells, chance)
    missing = abs(binomial_score(0, cells, chance))
    # What is there and should not be shows itself, however little there was to miss.
    reach = max(missing, abs(off)) if chance else None
    return Statistic(rule, subject, hits / max(cells, 1), chance, off, reach=reach, note=note)


def binomial_score(hits: int, cells: int, chance: float) -> float:
    """Return how far off a binomial is, on the scale of a normal: at most as far as its exact tail.

    The signed root of the deviance at the next count towards the expectation bounds the tail for
    any number of cells (A. M. Zubkov, A. A. Serov, "A complete proof of universal inequalities for
    the distribution function of the binomial law", 2013).

    Args:
        hits: how many cells something fell on.
        cells: how many cells there are.
        chance: the chance of each cell.
    """
    expected = cells * chance
    if hits == expected:
        return 0.0
    side = math.copysign(1.0, hits - expected)
    if not 0 <= hits <= cells or chance in (0.0, 1.0):
        return side * math.inf
    nearer = hits - round(side)
    if (nearer - expected) * side <= 0:
        return 0.0
    deviance = 2 * (_surprise(nearer, expected) + _surprise(cells - nearer, cells - expected))
    return side * math.sqrt(max(deviance, 0.0))


def _surprise(count: int, expected: float) -> float:
    return count * math.log(count / expected) if count else 0.0


def judge(candidates: Sequence[Statistic | Finding], tests: int) -> list[Finding]:
    """Judge measurements together.

    Args:
        candidates: measurements; those that are findings already stay as they are.
        tests: how many share the chance of a false alarm.

    Returns:
        A finding for each, in the same order.
    """
    limit = normal_limit(tests)
    return [each if isinstance(each, Finding) else _judge(each, limit) for each in candidates]


def normal_limit(tests: int) -> float:
    """Return how many standard errors a normal measurement may be off when it is one of many.

    Args:
        tests: how many there are.
    """
    return NormalDist().inv_cdf(1 - FALSE_ALARMS / 2 / max(tests, 1))


def _judge(statistic: Statistic, normal: float) -> Finding:
    skewed = abs(statistic.skewness) * (normal**2 - 1) / 6
    correction = skewed + max(statistic.kurtosis, 0.0) * (normal**3 - 3 * normal) / 24
    limit = normal + correction
    if not math.isfinite(correction) or correction > _WIDEST_CORRECTION:
        return not_testable(statistic.rule, "too few values", statistic.subject)
    if statistic.reach is not None and statistic.reach < limit + _MARGIN:
        why = (
            f"a missing effect would be {statistic.reach:.1f} standard errors off, "
            f"and {limit + _MARGIN:.1f} are needed"
        )
        return not_testable(statistic.rule, why, statistic.subject)
    return Finding(
        statistic.rule,
        statistic.subject,
        Verdict.PASS if abs(statistic.off) <= limit else Verdict.FAIL,
        statistic.measured,
        statistic.expected,
        statistic.off,
        limit,
        statistic.unit,
        statistic.note,
        statistic.details,
    )

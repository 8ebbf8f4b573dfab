"""Slopes: how much of an expected difference is in the data.

A slope is 1 where the difference is as configured, and 0 where it is missing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from capgen.quality.statistics import Deviation, Statistic


class Slope(NamedTuple):
    """The numerator of a slope less its expectation, and the denominator.

    Args:
        deviation: Σ d (value − expectation).
        information: Σ d².
    """

    deviation: Deviation
    information: float

    def statistic(self, rule: str, subject: str) -> Statistic:
        """Return the slope as a measurement that should be 1.

        Args:
            rule: the rule that it belongs to.
            subject: what was measured.
        """
        slope = 1 + self.deviation.total / self.information
        reach = math.inf
        if self.deviation.variance > 0:
            reach = self.information / self.deviation.variance**0.5
        off = self.deviation.standard_errors
        skewness = self.deviation.skewness
        kurtosis = self.deviation.kurtosis
        return Statistic(rule, subject, slope, 1.0, off, skewness, kurtosis, reach)


def summed(slopes: Sequence[Slope]) -> Slope:
    """Add slopes of independent values.

    Args:
        slopes: at least one.
    """
    columns = zip(*(each.deviation for each in slopes), strict=True)
    return Slope(Deviation(*map(sum, columns)), sum(each.information for each in slopes))

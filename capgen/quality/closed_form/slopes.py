"""Slopes: how much of an expected difference is in the data, 1 where it is as configured and 0 where it is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

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
            rule: that it belongs to.
            subject: what was measured.
        """
        slope = 1 + self.deviation.total / self.information
        reach = (
            self.information / self.deviation.variance**0.5
            if self.deviation.variance > 0
            else np.inf
        )
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

"""Trend: by how much a server's level grows a month, with its standard error."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.timeline.epoch import DAYS_PER_MONTH
from capgen.twins.fit.clock import Clock

_FEWEST_DAYS = 28
_LAGS = 7  # days over which residuals may be correlated


class Trend(NamedTuple):
    """A trend.

    Args:
        percent_per_month: growth; NaN where too few days have values above 0.
        standard_error: of it.
    """

    percent_per_month: float
    standard_error: float


UNKNOWN_TREND = Trend(math.nan, math.nan)


def server_trends(values: Floats, clock: Clock) -> list[Trend]:
    """Return the trend of each metric.

    Args:
        values: shape (metrics, steps), NaN where missing.
        clock: of the steps.
    """
    days = values.reshape(len(values), clock.days, -1)
    known = np.isfinite(days)
    sums = np.where(known, days, 0.0).sum(axis=2)
    means = sums / np.maximum(known.sum(axis=2), 1)
    return [_trend(of_metric) for of_metric in means]


def fleet_trend(trends: Sequence[Trend]) -> Trend:
    """Return the trend of a fleet: the mean of its servers', which stand for others like them.

    It is the mean of the logarithms: half as much and twice as much come to no growth.

    Args:
        trends: of one metric, one a server.
    """
    known = [trend for trend in trends if math.isfinite(trend.standard_error)]
    if not known:
        return UNKNOWN_TREND
    if len(known) == 1:
        return known[0]
    slopes = np.log1p([trend.percent_per_month / 100 for trend in known])
    return _in_percent(float(slopes.mean()), float(slopes.std(ddof=1)) / math.sqrt(len(known)))


def _in_percent(slope: float, error: float) -> Trend:
    """Return the trend of a logarithm that grows by `slope` a month."""
    return Trend(100 * math.expm1(slope), 100 * math.exp(slope) * error)


def _trend(means: Floats) -> Trend:
    """Return the growth by the slope of the logarithm, fitted by least squares.

    Its standard error allows for residuals that are correlated over a week (W. Newey and K. West,
    1987).
    """
    days = np.flatnonzero(means > 0)
    if len(days) < _FEWEST_DAYS:
        return UNKNOWN_TREND
    months = days / DAYS_PER_MONTH
    apart = months - months.mean()
    logarithms = np.log(means[days])
    slope = float((apart * logarithms).sum() / (apart**2).sum())
    moments = apart * (logarithms - logarithms.mean() - slope * apart)
    variance = float((moments**2).sum())
    for lag in range(1, _LAGS + 1):
        weight = 1 - lag / (_LAGS + 1)
        variance += 2 * weight * float((moments[lag:] * moments[:-lag]).sum())
    error = math.sqrt(max(variance, 0.0)) / float((apart**2).sum())
    return _in_percent(slope, error)

"""The rhythm of the day of each server."""

from collections.abc import Mapping

import numpy as np

from capgen.timeline.epoch import HOURS_PER_DAY, MINUTES_PER_HOUR
from capgen.twins.compare.cells import Cells, Floats, Series
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import RHYTHM, ServerMeasure, of_metrics
from capgen.twins.compare.ratios import ratio

_NEEDS = Needs(days=7, step_minutes=MINUTES_PER_HOUR)


def _profile(series: Series) -> Floats:
    """Return the mean of each hour of the day less the server's, in standard deviations."""
    hours = series.window.hours
    means = [series.mean_where(hours == hour) for hour in range(HOURS_PER_DAY)]
    spread = np.where(series.sd > 0, series.sd, np.nan)
    return (np.stack(means, axis=1) - series.mean[:, None]) / spread[:, None]


def _explained(series: Series) -> Floats:
    explained: Floats = np.sqrt(np.minimum((_profile(series) ** 2).mean(axis=1), 1.0))
    return explained


def _peak(cells: Cells) -> Mapping[str, Floats]:
    """Return where the first wave of the day points to, as long as it is strong."""
    angle = 2 * np.pi * (np.arange(HOURS_PER_DAY) + 0.5) / HOURS_PER_DAY
    found = {}
    for metric, series in cells.series.items():
        profile = _profile(series)
        east = (profile * np.sin(angle)).sum(axis=1)
        north = (profile * np.cos(angle)).sum(axis=1)
        found[f"{metric} (morning or evening)"] = ratio(east, np.hypot(east, north))
        found[f"{metric} (noon or midnight)"] = ratio(-north, np.hypot(east, north))
    return found


EXPLAINED = ServerMeasure(
    name="hour of day",
    group=RHYTHM,
    says="root of the share of the variance that the hour of the day explains",
    lower="its days have too little rhythm",
    higher="its days have too much rhythm",
    needs=_NEEDS,
    find=of_metrics(_explained),
)
PEAK = ServerMeasure(
    name="peak hour",
    group=RHYTHM,
    says="the hour at which the day's first wave peaks, as sine and cosine",
    lower="its days peak at other hours",
    higher="its days peak at other hours",
    needs=_NEEDS,
    find=_peak,
)

"""How often each server crosses its mean."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import MEMORY, ServerMeasure, of_metrics


def _crossings(series: Series) -> Floats:
    is_above = series.centred > 0
    both = series.present[:, 1:] & series.present[:, :-1]
    count = both.sum(axis=1).astype(float)
    crossed = both & (is_above[:, 1:] != is_above[:, :-1])
    number: Floats = crossed.sum(axis=1)
    return number / np.where(count > 0, count, np.nan)


MEASURE = ServerMeasure(
    name="mean crossings",
    group=MEMORY,
    says="share of steps at which the values cross their mean",
    lower="it stays too long on one side of its mean",
    higher="it crosses its mean too often",
    needs=Needs(days=2),
    find=of_metrics(_crossings),
)

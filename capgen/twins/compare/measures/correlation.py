"""How the metrics of each server move together."""

import numpy as np

from capgen.twins.compare.cells import Floats, Series
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import METRICS, ServerMeasure, of_pairs
from capgen.twins.compare.ratios import ratio

_NEEDS = Needs(days=7)


def _correlation(first: Floats, second: Floats) -> Floats:
    together = (first * second).sum(axis=1)
    return ratio(together, np.sqrt((first**2).sum(axis=1) * (second**2).sum(axis=1)))


def _linear(first: Series, second: Series) -> Floats:
    return _correlation(first.centred, second.centred)


def _rank(first: Series, second: Series) -> Floats:
    return _correlation(first.ranks, second.ranks)


LINEAR = ServerMeasure(
    name="correlation",
    group=METRICS,
    says="correlation of two metrics at the same time",
    lower="its metrics move together too little",
    higher="its metrics move together too much",
    needs=_NEEDS,
    find=of_pairs(_linear),
)
RANK = ServerMeasure(
    name="rank correlation",
    group=METRICS,
    says="correlation of the ranks of two metrics at the same time",
    lower="the order of its metrics' values agrees too little",
    higher="the order of its metrics' values agrees too much",
    needs=_NEEDS,
    find=of_pairs(_rank),
)

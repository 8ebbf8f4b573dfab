"""How much the servers of a fleet differ."""

from collections.abc import Iterator, Mapping

import numpy as np

from capgen.twins.compare.cells import Floats
from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.fact import Fact, Needs
from capgen.twins.compare.measure import VARIETY, FleetMeasure
from capgen.twins.compare.measures import level, trend

_NEEDS = Needs(servers=8)
_QUARTILES = (0.25, 0.75)
_FULL_STOP = 20.0  # widths differ at most by this factor: beyond it one is as good as nothing


def _quartile_width(values: Floats) -> float:
    low, high = np.quantile(values[np.isfinite(values)], _QUARTILES)
    return float(high - low)


def _difference_of_widths(left: Floats, right: Floats) -> float:
    """Return how far two quartile widths are apart, in standard deviations of both together."""
    spread = _sd(np.concatenate([left, right]))
    difference = abs(_quartile_width(left) - _quartile_width(right))
    return difference / spread if spread > 0 else 0.0


def _sd(values: Floats) -> float:
    return float(values[np.isfinite(values)].std())


def _log_ratio(left: float, right: float) -> float:
    """Return by which factor two widths differ, as a log."""
    widest = max(left, right)
    narrowest = max(min(left, right), widest / _FULL_STOP)
    return float(np.log(widest / narrowest)) if widest > 0 else 0.0


def _widths(reference: Evidence, candidate: Evidence) -> Mapping[str, float]:
    """Return the mean over all facts: one of a single fact would tell of chance."""
    found = [
        _difference_of_widths(values, others) for _, values, others in _shared(reference, candidate)
    ]
    return {"": float(np.mean(found))} if found else {}


def _spreads(name: str, reference: Evidence, candidate: Evidence) -> Mapping[str, float]:
    return {
        fact.subject: _log_ratio(_sd(values), _sd(others))
        for fact, values, others in _shared(reference, candidate)
        if fact.measure == name
    }


def _shared(reference: Evidence, candidate: Evidence) -> Iterator[tuple[Fact, Floats, Floats]]:
    """Yield the facts of which a server on each side has a number."""
    for fact, values in reference.facts.items():
        others = candidate.facts[fact]
        if np.isfinite(values).any() and np.isfinite(others).any():
            yield fact, values, others


def _levels(reference: Evidence, candidate: Evidence) -> Mapping[str, float]:
    return _spreads(level.MEASURE.name, reference, candidate)


def _trends(reference: Evidence, candidate: Evidence) -> Mapping[str, float]:
    return _spreads(trend.MEASURE.name, reference, candidate)


WIDTHS = FleetMeasure(
    name="quartile widths",
    group=VARIETY,
    says="distance between the quartiles of the servers' numbers, mean over all of them",
    lower="its servers differ by another measure than those of the reference",
    higher="its servers differ by another measure than those of the reference",
    needs=_NEEDS,
    how="difference of the widths, in standard deviations of both together",
    distance=_widths,
)
LEVELS = FleetMeasure(
    name="spread of levels",
    group=VARIETY,
    says="standard deviation over the servers of the log of their mean",
    lower="its servers' levels differ by another measure",
    higher="its servers' levels differ by another measure",
    needs=_NEEDS,
    how="log of the factor between the deviations",
    distance=_levels,
)
TRENDS = FleetMeasure(
    name="spread of trends",
    group=VARIETY,
    says="standard deviation over the servers of their trend",
    lower="its servers' trends differ by another measure",
    higher="its servers' trends differ by another measure",
    needs=Needs(days=14, servers=8),
    how="log of the factor between the deviations",
    distance=_trends,
)

"""How many of a candidate's values stand in runs that real servers have too."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import COPIES, CopyMeasure
from capgen.twins.compare.run_numbers import LENGTH


def _share(sources: Sequence[Evidence], candidate: Evidence) -> Mapping[str, float]:
    found = {}
    for metric, numbers in candidate.runs.items():
        real = np.sort(np.concatenate([source.runs[metric].ravel() for source in sources]))
        found[metric] = _covered(_is_in(numbers, real) & (numbers > 0))
    return found


def _is_in(numbers: NDArray[np.uint64], ordered: NDArray[np.uint64]) -> NDArray[np.bool_]:
    places = np.minimum(np.searchsorted(ordered, numbers), len(ordered) - 1)
    is_in: NDArray[np.bool_] = ordered[places] == numbers
    return is_in


def _covered(is_start: NDArray[np.bool_]) -> float:
    """Return which share of the values lies in a run that begins at one of some steps."""
    servers, starts = is_start.shape
    edges = np.zeros((servers, starts + LENGTH), np.int64)
    edges[:, :starts] += is_start
    edges[:, LENGTH:] -= is_start
    return float((np.cumsum(edges, axis=1)[:, :-1] > 0).mean())


MEASURE = CopyMeasure(
    name="exact runs",
    group=COPIES,
    says=f"share of values in runs of {LENGTH} or more that a real server has too, to the bit",
    lower="it repeats no real values",
    higher="it repeats real values one after the other",
    needs=Needs(days=7),
    how="runs of changing values of the same metric, of any server at any time",
    direction="the floor is what other real weeks have; more is copied",
    least=0.02,
    share=_share,
)

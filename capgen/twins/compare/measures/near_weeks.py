"""How many of a candidate's weeks lie nearer to a real week than real weeks lie to each other."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from capgen.twins.compare.cells import Floats
from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.exact import products
from capgen.twins.compare.fact import Needs
from capgen.twins.compare.measure import COPIES, CopyMeasure

_LEVEL = 0.01  # of the real weeks' own distances
_ROWS_AT_ONCE = 512

Shapes = NDArray[np.int16]


def _share(sources: Sequence[Evidence], candidate: Evidence) -> Mapping[str, float]:
    real = [source.weeks.shapes for source in sources if source.weeks is not None]
    if candidate.weeks is None or not real or not len(candidate.weeks.shapes):
        return {}
    shapes = np.concatenate(real)
    own = np.sort(_nearest(shapes, shapes, is_same=True))
    limit = own[int(_LEVEL * (len(own) - 1))]
    nearest = _nearest(candidate.weeks.shapes, shapes, is_same=False)
    return {"": float((nearest < limit).mean())}


def _nearest(some: Shapes, others: Shapes, *, is_same: bool) -> Floats:
    """Return the squared distance of each shape to the nearest of the others."""
    lengths = (others.astype(np.float64) ** 2).sum(axis=1)
    found = []
    for first in range(0, len(some), _ROWS_AT_ONCE):
        part = some[first : first + _ROWS_AT_ONCE]
        own = (part.astype(np.float64) ** 2).sum(axis=1)
        distances = own[:, None] + lengths[None, :] - 2 * products(part, others)
        if is_same:
            distances[np.arange(len(part)), first + np.arange(len(part))] = np.inf
        found.append(distances.min(axis=1))
    return np.concatenate(found)


MEASURE = CopyMeasure(
    name="near copies",
    group=COPIES,
    says="share of weeks nearer to a real week than 99 % of real weeks are to each other",
    lower="its weeks keep away from real ones",
    higher="its weeks are near copies of real ones",
    needs=Needs(days=14, servers=4),  # of fewer weeks the nearest are near by chance
    how="shapes of the weeks: logs of the values in standard deviations",
    direction="the floor is what other real weeks have; more is copied",
    least=0.02,
    share=_share,
)

"""Values that lie on straight lines between a few points."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats


def interpolated(places: Floats, points: Floats, values: Floats) -> Floats:
    """Return values linear between points, and constant beyond the first and the last.

    The bits are those of `np.interp`, which looks for each place by itself: a comparison with each
    of a few points is passed over all places in half the time.

    Args:
        places: where to, in any shape.
        points: places at which the values are known, climbing.
        values: the values at them.
    """
    count = np.zeros(places.shape, np.int8)
    for point in points:
        count += (places >= point).view(np.int8)
    lines = count.astype(np.int64)  # numbers of another type take longer to look up
    climbs = np.concatenate([[0.0], np.diff(values) / np.diff(points), [0.0]])
    found: Floats = places - np.take(_starts(points), lines)
    found *= np.take(climbs, lines)
    found += np.take(_starts(values), lines)
    return found


def _starts(points: Floats) -> Floats:
    """Return where each line starts: the first, constant one ends at the first point."""
    return np.concatenate([points[:1], points])

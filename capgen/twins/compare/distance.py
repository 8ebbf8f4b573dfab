"""How far apart two distributions are."""

from __future__ import annotations

import numpy as np

from capgen.twins.compare.cells import Floats

_NO_SPREAD = 1e-9  # of the largest value: what rounding leaves of a constant


def wasserstein(left: Floats, right: Floats, least_sd: float = 0.0) -> float | None:
    """Return the Wasserstein distance in standard deviations of both together.

    The distance is the area between the two distribution functions (L. N. Wasserstein, 1969).

    Args:
        left: values of one side; NaN where a server has none.
        right: values of the other.
        least_sd: what a standard deviation is at least.

    Returns:
        The distance; None where a side has no values.
    """
    first = np.sort(left[np.isfinite(left)])
    second = np.sort(right[np.isfinite(right)])
    if not first.size or not second.size:
        return None
    both = np.sort(np.concatenate([first, second]))
    spread = max(float(both.std()), least_sd)
    if spread <= _NO_SPREAD * float(np.abs(both).max()):
        return 0.0
    below_first = np.searchsorted(first, both[:-1], "right") / first.size
    below_second = np.searchsorted(second, both[:-1], "right") / second.size
    return float((np.abs(below_first - below_second) * np.diff(both)).sum() / spread)

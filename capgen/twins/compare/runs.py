"""Runs of steps at which something holds."""

from __future__ import annotations

import numpy as np

from capgen.twins.compare.cells import Bools, Floats


def mean_run(holds: Bools) -> Floats:
    """Return the mean length, in steps, of the runs in which something holds.

    Args:
        holds: shape (servers, steps).

    Returns:
        One number a server; NaN where it never holds.
    """
    starts = holds[:, 0] + (holds[:, 1:] & ~holds[:, :-1]).sum(axis=1)
    length: Floats = holds.sum(axis=1) / np.where(starts > 0, starts, np.nan)
    return length

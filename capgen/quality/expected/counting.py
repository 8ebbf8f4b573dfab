"""Counts cells that follow from the configuration alone, some servers at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.panel.fleet import server_frame

Place = tuple[slice | int, slice]  # servers and steps

_CELLS_AT_ONCE = 2**22


def count_cells(config: Config, places: Callable[[pl.DataFrame], Iterable[Place]]) -> int:
    """Return how many cells of a panel lie in at least one of some places.

    Args:
        config: a valid configuration.
        places: returns those of a part of the server frame, over all steps.
    """
    steps, servers, total = config.axis.span.size, server_frame(config), 0
    at_once = max(1, _CELLS_AT_ONCE // steps)
    for first in range(0, servers.height, at_once):
        some = servers[first : first + at_once]
        marked = np.zeros((some.height, steps), np.bool_)
        for where, when in places(some):
            marked[where, when] = True
        total += int(marked.sum())
    return total

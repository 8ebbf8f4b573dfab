"""Counts cells that follow from the configuration alone, some servers at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from capgen.config import Config
from capgen.panel.absence import absent_places
from capgen.panel.fleet import server_frames
from capgen.panel.layered import layered_archetype

_CELLS_AT_ONCE = 2**22


def count_absent(config: Config) -> int:
    """Return how many cells of a panel lie where layers leave no values.

    Args:
        config: the panel's configuration.
    """
    return sum(_absent(config))


def _absent(config: Config) -> Iterator[int]:
    steps = config.axis.span.size
    at_once = max(1, _CELLS_AT_ONCE // steps)
    for name, servers in server_frames(config).items():
        layered = layered_archetype(config, name)
        for first in range(0, servers.height, at_once):
            some = servers[first : first + at_once]
            marked = np.zeros((some.height, steps), np.bool_)
            for place in absent_places(layered, some):
                marked[place] = True
            yield int(marked.sum())

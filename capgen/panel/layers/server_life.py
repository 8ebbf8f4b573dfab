"""Server life: birth and retirement, and resizing when a level reaches its limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.layers import Resize, ServerLife
from capgen.draws.arrays import Floats
from capgen.draws.streams import stream
from capgen.timeline.time_axis import Span, TimeAxis

BORN_COLUMN, RETIRED_COLUMN = "life.born", "life.retired"  # days since 1970-01-01
_EPOCH = 719163  # 1970-01-01 as Python counts days
_ALWAYS_BEFORE, _ALWAYS_AFTER = -(10**9), 10**9


def lives(config: Config, server_ids: Sequence[str]) -> dict[str, Sequence[int]]:
    """Return the day on which each server is born, and the first one on which it is no more.

    Args:
        config: a valid configuration.
        server_ids: the servers.
    """
    layer = config.layers.server_life
    if layer is None:
        return {}
    found = [_life(config.seed, each, layer) for each in server_ids]
    return {BORN_COLUMN: [born for born, _ in found], RETIRED_COLUMN: [retired for _, retired in found]}


def not_alive(servers: pl.DataFrame, axis: TimeAxis, span: Span) -> Iterator[tuple[slice, slice]]:
    """Yield the servers and steps that lie before a birth or after a retirement.

    Args:
        servers: the server frame.
        axis: the time axis.
        span: the steps.
    """
    if BORN_COLUMN in servers.columns:
        steps_per_day = axis.steps_per_day
        every = zip(servers[BORN_COLUMN].to_list(), servers[RETIRED_COLUMN].to_list(), strict=True)
        for position, days in enumerate(every):
            born, retired = (min(max(day * steps_per_day - span.first, 0), span.size) for day in days)
            for steps in (slice(0, born), slice(retired, span.size)):
                if steps.start < steps.stop:
                    yield slice(position, position + 1), steps


def resize_factor(resize: Resize, levels: Floats) -> Floats:
    """Return what a server's utilisation is multiplied by: 1 / ratio for each time that it was resized.

    Args:
        resize: when and by how much.
        levels: of the metric that decides, without any resizing; shape (servers, steps), never falling over time.

    Returns:
        The same shape.
    """
    factor, limit = np.ones_like(levels), resize.limit
    while (reached := levels >= limit).any():
        factor[reached] /= resize.ratio
        limit *= resize.ratio
    return factor


def _life(seed: int, server_id: str, layer: ServerLife) -> tuple[int, int]:
    is_born, is_retired, *days = stream(seed, server_id, "", "server life").random(4)
    first, last = (day.toordinal() - _EPOCH for day in (layer.first_day, layer.last_day))
    birth, end = (first + int(part * (last + 1 - first)) for part in days)
    born, retired = is_born < layer.born_share, is_retired < layer.retired_share
    if born and retired:
        return min(birth, end), max(birth, end) + 1
    return (birth if born else _ALWAYS_BEFORE), (end if retired else _ALWAYS_AFTER)

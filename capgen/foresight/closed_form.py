"""The oracle without draws, where a cell's values are a mixture of clipped normals.

So it is where noise remembers nothing and what happens is over within a step: what the past has
reached then tells nothing, and the law of a cell follows from its mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from capgen.columns import expected_column
from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.foresight.pieces import Futures
from capgen.panel.chunks import Chunk
from capgen.panel.layered import on_anywhere
from capgen.quality.expected.clipped import Limits, Part, clipped_mean
from capgen.quality.expected.dynamic import is_dynamic
from capgen.quality.expected.normal import upper_tail
from capgen.quality.expected.value_parts import value_parts

_HALVINGS = 50  # of the clip: far below the decimals


def has_closed_form(config: Config) -> bool:
    """Tell whether the law of each cell follows from its mean.

    Args:
        config: the panel's configuration.
    """
    lasting = any(layer.lasts(settings) for layer, settings in on_anywhere(config))
    return not (lasting or is_dynamic(config))


def with_means(config: Config) -> Config:
    """Return the configuration of the same panel with the cells' means beside their values.

    Args:
        config: the panel's configuration.
    """
    return config.model_copy(update={"truth": True})


def laws(opened: Futures, chunk: Chunk, shares: Sequence[float]) -> Iterator[list[Floats]]:
    """Yield for each metric the mean of each cell of a chunk, and its quantiles.

    Args:
        opened: futures of a panel with means.
        chunk: some servers over some steps.
        shares: of the quantiles.
    """
    config = opened.asked.config
    columns = [expected_column(column) for column in opened.asked.columns]
    cells = opened.panel.cells(chunk, opened.panel.servers(chunk), columns)
    for key, column in zip(opened.asked.keys, columns, strict=True):
        parts = value_parts(config, chunk.archetype, key)
        low, high = config.metrics[key].clip
        limits = Limits(low, high, 10.0**-config.decimals)
        distinct, positions = np.unique(cells[column].to_numpy(), return_inverse=True)
        means = clipped_mean(distinct, parts, limits)
        quantiles = (quantile(distinct, parts, limits, share) for share in shares)
        yield [means[positions], *(each.round(config.decimals)[positions] for each in quantiles)]


def quantile(means: Floats, parts: Sequence[Part], limits: Limits, share: float) -> Floats:
    """Return a quantile of mixtures of clipped normals, by halving the clip.

    Args:
        means: of the cells, before spikes and clip, shape (n,).
        parts: the normals that a value may come from.
        limits: what values can be.
        share: of the values below.
    """
    low = np.full_like(means, limits.low)
    high = np.full_like(means, limits.high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        reached = share_below(middle, means, parts) >= share
        high = np.where(reached, middle, high)
        low = np.where(reached, low, middle)
    return high


def share_below(values: Floats, means: Floats, parts: Sequence[Part]) -> Floats:
    """Return the share of a mixture of normals up to some values.

    Args:
        values: shape (n,).
        means: of the cells, before spikes, shape (n,).
        parts: the normals that a value may come from.
    """
    shares = np.zeros_like(means)
    for part in parts:
        shares += part.chance * upper_tail((part.scale * means - values) / part.some_sd)
    return shares

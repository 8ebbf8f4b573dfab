"""Draws for each cell: every server draws every block of the time axis whole.

So a cell's draw depends on nothing but its block and its place in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.streams import stream
from capgen.timeline.time_axis import Span, TimeAxis


def draw_normals(
    seed: int,
    server_ids: Sequence[str],
    axis: TimeAxis,
    span: Span,
    out: Floats,
    purpose: str = "noise",
) -> None:
    """Draw independent standard normals, one metric after the other.

    Args:
        seed: the configuration's seed.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps.
        out: where to, shape (metrics, servers, steps).
        purpose: what the draws are for.
    """
    for part in _parts(axis, span):
        for position, server_id in enumerate(server_ids):
            generator = stream(seed, server_id, part.block, purpose)
            for of_metric in out[:, position, part.wanted]:
                part.fill(generator.standard_normal, of_metric)


def draw_uniforms(
    seed: int, server_ids: Sequence[str], axis: TimeAxis, span: Span, purpose: str
) -> Floats:
    """Draw numbers between 0 and 1, one a cell.

    Args:
        seed: the configuration's seed.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps to return.
        purpose: what the draws are for.

    Returns:
        Shape (servers, steps).
    """
    uniforms = np.empty((len(server_ids), span.size))
    for part in _parts(axis, span):
        for position, server_id in enumerate(server_ids):
            generator = stream(seed, server_id, part.block, purpose)
            part.fill(generator.random, uniforms[position, part.wanted])
    return uniforms


class _Part(NamedTuple):
    """What a block gives to a span: `drawn` of its steps are the `wanted` ones of the span."""

    block: str
    block_size: int
    drawn: slice
    wanted: slice

    def fill(self, draw: Callable[..., Floats], target: Floats) -> None:
        """Draw the block whole, and keep the wanted steps of it."""
        if target.size == self.block_size:
            draw(out=target)
        else:
            target[:] = draw(self.block_size)[self.drawn]


def _parts(axis: TimeAxis, span: Span) -> Iterator[_Part]:
    for block in axis.blocks(span):
        shared = block.span.overlap(span)
        drawn = shared.within(block.span)
        yield _Part(block.label, block.span.size, drawn, shared.within(span))

"""Draws for each cell: every server draws every block of the time axis whole.

So a cell's draw depends on nothing but its block and its place in it. What lies ahead of a future's
moment comes from streams of that future, one for each metric, and is drawn no further than needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.random import Generator

from capgen.draws.arrays import Flags, Floats
from capgen.draws.streams import stream
from capgen.draws.subjects import known
from capgen.timeline.time_axis import Span, TimeAxis

Then = Callable[[int, slice], None]  # is given a server's position, and which steps were drawn
_KEPT_SPANS = 8  # each is asked for by many servers, and for many purposes


def draw_normals(
    seed: int,
    server_ids: Sequence[str],
    axis: TimeAxis,
    span: Span,
    out: Floats,
    purpose: str = "noise",
    then: Then | None = None,
) -> None:
    """Draw independent standard normals, one metric after the other.

    Args:
        seed: the configuration's seed.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps.
        out: where to, shape (metrics, servers, steps).
        purpose: what the draws are for.
        then: what to do with each server's draws while they lie in a core's cache.
    """
    then = then or _nothing
    before, ahead = axis.split(span)
    for part in _known_parts(axis, before):
        for rows, generator in _own_streams(seed, server_ids, part.block, purpose):
            _draw_known(part, rows, generator, out)
            for row in rows:
                then(row, part.wanted)
    for part in _parts_ahead(axis, ahead, span):
        for row, server_id in enumerate(server_ids):
            for number, of_metric in enumerate(out[:, row, part.wanted]):
                generator = stream(seed, server_id, part.block, f"{purpose} {number}")
                part.fill(generator.standard_normal, of_metric)
            then(row, part.wanted)


def _nothing(row: int, steps: slice) -> None:
    """Leave draws as they are."""


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
    for row, steps, drawn in _uniforms(seed, server_ids, axis, span, purpose):
        uniforms[row, steps] = drawn
    return uniforms


def draw_flags(
    seed: int,
    server_ids: Sequence[str],
    axis: TimeAxis,
    span: Span,
    purpose: str,
    chance: Floats | float,
) -> Flags:
    """Draw where something happens: where the uniforms of `draw_uniforms` lie below its chance.

    Args:
        seed: the configuration's seed.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps to return.
        purpose: what the draws are for.
        chance: in each cell; one for all servers, or shape (servers, 1).

    Returns:
        Shape (servers, steps).
    """
    flags = np.empty((len(server_ids), span.size), np.bool_)
    bounds = np.broadcast_to(chance, (len(server_ids), 1))
    for row, steps, drawn in _uniforms(seed, server_ids, axis, span, purpose):
        np.less(drawn, bounds[row], out=flags[row, steps])
    return flags


def _uniforms(
    seed: int, server_ids: Sequence[str], axis: TimeAxis, span: Span, purpose: str
) -> Iterator[tuple[int, slice, Floats]]:
    """Yield which server, which steps, and what it draws of them, which is good until the next."""
    before, ahead = axis.split(span)
    for part in _known_parts(axis, before):
        room = np.empty(part.size)
        for rows, generator in _own_streams(seed, server_ids, part.block, purpose):
            drawn = generator.random(out=room)[part.drawn]
            for row in rows:
                yield row, part.wanted, drawn
    for part in _parts_ahead(axis, ahead, span):
        room = np.empty(part.size)
        for row, server_id in enumerate(server_ids):
            generator = stream(seed, server_id, part.block, purpose)
            yield row, part.wanted, generator.random(out=room)[part.drawn]


class _Part(NamedTuple):
    """What a block gives to a span: `drawn` of its steps are the `wanted` ones of the span.

    Of the block, `size` steps are drawn.
    """

    block: str
    size: int
    drawn: slice
    wanted: slice

    def fill(self, draw: Callable[..., Floats], target: Floats) -> None:
        """Draw the block, and keep the wanted steps of it."""
        if target.size == self.size:
            draw(out=target)
        else:
            target[:] = draw(self.size)[self.drawn]


def _draw_known(part: _Part, rows: Sequence[int], generator: Generator, out: Floats) -> None:
    """Draw a server's normals of the panel, which all its futures share."""
    drawn = out[:, rows[0], part.wanted]
    for of_metric in drawn:
        part.fill(generator.standard_normal, of_metric)
    for row in rows[1:]:
        out[:, row, part.wanted] = drawn


def _own_streams(
    seed: int, server_ids: Sequence[str], block: str, purpose: str
) -> list[tuple[list[int], Generator]]:
    """Open the stream of each server of the panel; return it after the positions of its futures.

    All are opened before the first draw: between draws, which need the cache, each takes longer.
    """
    rows: dict[str, list[int]] = {}
    for position, server_id in enumerate(server_ids):
        rows.setdefault(known(server_id), []).append(position)
    return [(rows[own], stream(seed, own, block, purpose)) for own in rows]


@lru_cache(maxsize=_KEPT_SPANS)
def _known_parts(axis: TimeAxis, span: Span) -> list[_Part]:
    parts = []
    for block in axis.blocks(span) if span.size else ():
        shared = block.span.overlap(span)
        drawn = shared.within(block.span)
        parts.append(_Part(block.label, block.span.size, drawn, shared.within(span)))
    return parts


def _parts_ahead(axis: TimeAxis, span: Span, whole: Span) -> Iterator[_Part]:
    if span.size:
        for block in axis.blocks_ahead(span):
            shared = block.span.overlap(span)
            drawn = shared.within(block.span)
            yield _Part(block.label, drawn.stop, drawn, shared.within(whole))

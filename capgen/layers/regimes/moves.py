"""Draws what decides whether servers keep what they are in, and what they enter otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.by_block import draw_uniforms
from capgen.draws.sharing import share_uniforms
from capgen.layers.scope import Scope
from capgen.timeline.time_axis import Span, TimeAxis


def draw_moves(scope: Scope, axis: TimeAxis, span: Span, what: str) -> tuple[Floats, Floats]:
    """Return what decides whether servers keep what they are in, and which they enter otherwise.

    Args:
        scope: the servers.
        axis: the steps of the chain.
        span: some of them; of futures, those before the moment are decided, and draw nothing.
        what: what they move between: `state` or `day kind`.
    """
    open_steps = span if axis.moment is None else axis.split(span)[1]
    moves = _draw_moves(scope, axis, open_steps, what)
    kept, entered = (_after(span.size - open_steps.size, each) for each in moves)
    return kept, entered


def _after(decided: int, draws: Floats) -> Floats:
    return np.pad(draws, ((0, 0), (decided, 0))) if decided else draws


def _draw_moves(scope: Scope, axis: TimeAxis, span: Span, what: str) -> list[Floats]:
    def draw(of: str, subjects: Sequence[str]) -> Floats:
        return draw_uniforms(scope.seed, subjects, axis, span, f"{what} {of}")

    moves = {of: draw(of, scope.ids) for of in ("kept", "entered")}
    shared = scope.sharings("states")
    if shared:
        choice = draw("shared", scope.ids)
        for of, uniforms in moves.items():
            share_uniforms(shared, uniforms, choice, partial(_of_group, partial(draw, of)))
    return list(moves.values())


def _of_group(draw: Callable[[Sequence[str]], Floats], group: str) -> Floats:
    of_group: Floats = draw([group])[0]
    return of_group

"""The noise of an archetype: a sum of parts, each with its own memory and its own correlation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.cholesky import cholesky, correlate
from capgen.draws.correlation import correlation_matrix
from capgen.draws.persistence import PersistentNoise, Remembered
from capgen.draws.sharing import draw_shared_normals
from capgen.layers.answers import OwnNoise
from capgen.layers.noise_parts.parts import Part, noise_parts
from capgen.layers.noise_parts.settings import NoisePart
from capgen.layers.scope import Scope
from capgen.layers.states import States
from capgen.panel.cell.memory import Workspace
from capgen.panel.layered import Layered

# Draws a part's independent normals into some room, of which they take as much as they need.
Draw = Callable[[Part, Floats], Floats]


@dataclass(frozen=True, slots=True)
class NoiseSum:
    """How independent normals become an archetype's noise.

    Args:
        parts: the noise's parts, the one that remembers nothing first.
        factors: for each state of the archetype, or for all alike, one lower triangular factor a
            part: its rows make the shares of the metrics' variances. Shape (states or 1, parts,
            metrics, metrics), with (servers, 1) behind it where each server has its own.
    """

    parts: list[Part]
    factors: Floats

    @classmethod
    def of(cls, layered: Layered, *, repair: bool) -> NoiseSum:
        """Return the noise of an archetype.

        Args:
            layered: the archetype.
            repair: take the nearest possible matrix where correlations are impossible together.
        """
        kind = layered.kind
        usual = kind.settings.correlation
        every = [each.layer.state_correlations(each.settings) for each in layered.on]
        of_states = [pairs for of_layer in every for pairs in of_layer]
        wanted = [usual]
        if any(pairs is not None for pairs in of_states):
            wanted = [usual if pairs is None else pairs for pairs in of_states]
        configured: dict[str, NoisePart] = {}
        for layer, settings in layered.on:
            configured |= layer.parts(settings)
        sums = []
        for pairs in wanted:
            target = correlation_matrix(pairs, kind.drawn, repair=repair)
            sums.append(noise_parts(configured, target, kind.drawn))
        return cls(sums[0], np.array([[_factor(part) for part in parts] for parts in sums]))

    @classmethod
    def of_servers(cls, own: OwnNoise) -> NoiseSum:
        """Return noise in shares of the servers' own.

        Args:
            own: the noise.
        """
        return cls(own.parts, own.factors[None, ..., None])

    def fill(self, scope: Scope, states: States | None, out: Floats, workspace: Workspace) -> None:
        """Draw the noise of some servers.

        Args:
            scope: the servers.
            states: the states that they are in; needed where states have correlations of their own.
            out: where to: a leading part of the metrics, shape (metrics, servers, steps); standard
                normal.
            workspace: holds the parts.
        """
        shared = scope.sharings("noise")
        span = scope.span
        draw_shared_normals(scope.seed, scope.ids, scope.axis, span, out, "noise", shared)
        count = self.factors.shape[2]
        remembered = PersistentNoise(scope.seed, scope.axis, scope.ids, shared, count)

        def draw(part: Part, room: Floats) -> Floats:
            normals = room[: _drawn(part)]
            remembered.fill(Remembered(part.name, part.half_life_hours), span, normals)
            return normals

        if len(self.factors) == 1:
            self._add_up(out, workspace.floats("part", *out.shape), draw)
        else:
            assert states is not None
            self._add_up_by_state(out, draw, states)

    def _add_up(self, total: Floats, room: Floats, draw: Draw) -> None:
        """Turn the first part's independent normals into noise, in place."""
        own, *factors = self.factors[0]
        _correlate(own, total)
        for part, factor in zip(self.parts[1:], factors, strict=True):
            normals = draw(part, room)
            _correlate(factor, normals)
            total[: len(normals)] += normals

    def _add_up_by_state(self, total: Floats, draw: Draw, states: States) -> None:
        """Do so where the parts correlate in each state in a way of its own."""
        drawn = [draw(part, np.empty_like(total)) for part in self.parts[1:]]
        independent = [total.copy(), *drawn]
        for state, factors in enumerate(self.factors):
            noise, *others = (normals.copy() for normals in independent)
            for factor, normals in zip(factors, [noise, *others], strict=True):
                _correlate(factor, normals)
            for normals in others:
                noise[: len(normals)] += normals
            np.copyto(total, noise, where=states.codes == state)


def _correlate(factor: Floats, normals: Floats) -> None:
    correlate(factor[: len(normals), : len(normals)], normals)


def _drawn(part: Part) -> int:
    """Return how many metrics a part draws: those after the last that has a share add nothing."""
    return int(np.flatnonzero(part.shares)[-1]) + 1 if part.shares.any() else 0


def _factor(part: Part) -> Floats:
    factor: Floats = np.sqrt(part.shares)[:, None] * cholesky(part.correlation)
    return factor

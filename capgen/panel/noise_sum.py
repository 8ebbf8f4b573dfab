"""The noise of an archetype: a sum of parts, each with its own memory and its own correlation over the metrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.model import Archetype
from capgen.config.noise_parts import Part, noise_parts
from capgen.draws.arrays import Codes as States
from capgen.draws.arrays import Floats
from capgen.draws.cholesky import cholesky, correlate
from capgen.draws.correlation import correlation_matrix
from capgen.draws.persistence import PersistentNoise, Remembered
from capgen.draws.sharing import draw_shared_normals
from capgen.panel.layers.shared_movement import sharings
from capgen.timeline.time_axis import Span, TimeAxis


@dataclass(frozen=True, slots=True)
class NoiseSum:
    """How independent normals become an archetype's noise.

    Args:
        parts: of the noise, the one that remembers nothing first.
        factors: for each state of the archetype, or for all alike, one lower triangular factor a part: its rows make
            the shares of the metrics' variances. Shape (states or 1, parts, metrics, metrics).
    """

    parts: list[Part]
    factors: Floats

    @classmethod
    def of(cls, config: Config, archetype: Archetype) -> NoiseSum:
        """Return the noise of an archetype.

        Args:
            config: a valid configuration.
            archetype: one of its archetypes.
        """
        states = archetype.regimes.states.values() if archetype.regimes else ()
        own = [archetype.correlation if each.correlation is None else each.correlation for each in states]
        wanted = own if any(each.correlation is not None for each in states) else [archetype.correlation]
        sums = []
        for pairs in wanted:
            target = correlation_matrix(pairs, config.drawn_metrics, repair=config.repair_correlation)
            sums.append(noise_parts(archetype.noise_parts, target, config.drawn_metrics))
        return cls(sums[0], np.array([[_factor(part) for part in parts] for parts in sums]))

    def fill(
        self, config: Config, servers: pl.DataFrame, axis: TimeAxis, span: Span, states: States | None, out: Floats
    ) -> None:
        """Draw the noise of some servers.

        Args:
            config: a valid configuration.
            servers: the server frame.
            axis: the time axis.
            span: the steps.
            states: of the servers at the steps; needed where states have correlations of their own.
            out: where to: a leading part of the metrics, shape (metrics, servers, steps); standard normal.
        """
        shared = sharings(config, servers, "noise")
        ids = servers["server_id"].to_list()
        draw_shared_normals(config.seed, ids, axis, span, out, "noise", shared)
        remembered = PersistentNoise(config.seed, axis, ids, shared, len(config.drawn_metrics))
        others = [np.empty_like(out[: _drawn(part)]) for part in self.parts[1:]]
        for part, normals in zip(self.parts[1:], others, strict=True):
            remembered.fill(Remembered(part.name, part.half_life_hours), span, normals)
        self._add_up([out, *others], states)

    def _add_up(self, parts: Sequence[Floats], states: States | None) -> None:
        """Turn the independent normals of the parts into noise, in place of the first part's."""
        if len(self.factors) == 1:
            self._sum(self.factors[0], parts)
            return
        assert states is not None
        independent = [part.copy() for part in parts]
        for state, factors in enumerate(self.factors):
            for part, normals in zip(parts[1:], independent[1:], strict=True):
                part[:] = normals
            mixed = independent[0].copy()
            self._sum(factors, [mixed, *parts[1:]])
            np.copyto(parts[0], mixed, where=states == state)

    @staticmethod
    def _sum(factors: Floats, parts: Sequence[Floats]) -> None:
        total, *others = parts
        for factor, normals in zip(factors, parts, strict=True):
            correlate(factor[: len(normals), : len(normals)], normals)
        for normals in others:
            total[: len(normals)] += normals


def _drawn(part: Part) -> int:
    """Return how many metrics a part draws: those after the last one that has a share add nothing."""
    return int(np.flatnonzero(part.shares)[-1]) + 1 if part.shares.any() else 0


def _factor(part: Part) -> Floats:
    factor: Floats = np.sqrt(part.shares)[:, None] * cholesky(part.correlation)
    return factor

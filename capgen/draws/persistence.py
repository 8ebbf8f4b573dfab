"""Persistence: parts of the noise that remember, each a stationary Ornstein-Uhlenbeck process.

Between two steps that lie h hours apart, `x' = φ x + sqrt(1 − φ²) e` with φ = 2^(−h / half-life):
the same process at every step size. A block's last values are drawn by themselves; the path between
two of them is drawn forward and then bent so that it meets the second one (the bridge of a Gaussian
process: Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, section 2.2). So a
block needs no other block's path, and yet the process goes on across edges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.sharing import Sharing, draw_shared_normals, share_normals
from capgen.draws.streams import stream
from capgen.timeline.epoch import MINUTES_PER_HOUR
from capgen.timeline.time_axis import Block, Span, TimeAxis

_DECIMALS = 12  # powers differ between machines in the last bit; rounded ones do not
# In a run that is summed at once: floats reach that far down, but not further than 1022.
_MOST_HALVINGS = 900
_KEPT_DECAYS = 64


@dataclass(frozen=True, slots=True)
class Decay:
    """How a process forgets over some steps.

    Args:
        factors: what is left from each step to the next, shape (steps,).
        powers: what is left, at each step, of the run's first step, shape (steps,).
        gains: what new noise is multiplied by before it is summed over a run, shape (steps,).
        pulls: how much of what is missing at the end each step takes, from 0 to 1, shape (steps,).
        run: how many steps are summed at once.
    """

    factors: Floats
    powers: Floats
    gains: Floats
    pulls: Floats
    run: int

    @classmethod
    def over(cls, half_life_hours: float, hours: Floats) -> Decay:
        """Return the decay over steps of some lengths.

        Args:
            half_life_hours: above 0.
            hours: lengths of the steps.
        """
        halvings = hours / half_life_hours
        elapsed = np.cumsum(halvings)
        met = (1 - np.exp2(-2 * elapsed)) / (1 - np.exp2(-2 * elapsed[-1]))
        pulls = np.exp2(elapsed - elapsed[-1]) * met
        factors = np.exp2(-halvings).round(_DECIMALS)
        powers = np.empty(hours.size)
        run = max(1, int(_MOST_HALVINGS / halvings.max())) if factors.min() > 0 else 1
        for first in range(0, hours.size, run):
            steps = np.concatenate([[1.0], factors[first + 1 : first + run]])
            np.multiply.accumulate(steps, out=powers[first : first + run])
        return cls(factors, powers, np.sqrt(1 - factors**2) / powers, pulls.round(_DECIMALS), run)


def follow(decay: Decay, start: Floats, end: Floats, path: Floats) -> None:
    """Turn independent normals into a path between two values, in place.

    Args:
        decay: over the path's steps.
        start: the value one step before the first, shape (…).
        end: the value at the last step, shape (…).
        path: standard normals, shape (…, steps); afterwards the process, which is standard normal
            at each step.
    """
    before = start[..., None]
    for first in range(0, path.shape[-1], decay.run):
        part = path[..., first : first + decay.run]
        part *= decay.gains[first : first + decay.run]
        part[..., :1] += before * decay.factors[first]
        np.cumsum(part, axis=-1, out=part)
        part *= decay.powers[first : first + decay.run]
        before = part[..., -1:].copy()
    bent = int(np.argmax(decay.pulls > 0))
    path[..., bent:] += (end[..., None] - before) * decay.pulls[bent:]


class Remembered(NamedTuple):
    """A process that forgets half of a deviation in its half-life; none where that is 0."""

    name: str
    half_life_hours: float


class PersistentNoise:
    """Draws processes that remember, for some servers.

    Args:
        seed: the configuration's seed.
        axis: the steps.
        server_ids: the servers, in order.
        shared: what they share.
        count: processes of each name that each server has.
    """

    def __init__(
        self,
        seed: int,
        axis: TimeAxis,
        server_ids: Sequence[str],
        shared: Sequence[Sharing],
        count: int,
    ) -> None:
        self._seed = seed
        self._axis = axis
        self._ids = server_ids
        self._shared = shared
        self._count = count
        self._hours = axis.step_minutes / MINUTES_PER_HOUR
        self._edges_of_years: dict[tuple[str, int], Floats] = {}

    def fill(self, part: Remembered, span: Span, out: Floats) -> None:
        """Draw the processes of a name.

        Args:
            part: their name and half-life.
            span: the steps.
            out: where to: a leading part of the processes, shape (≤ count, servers, steps).
        """
        for block in self._axis.blocks(span):
            here = block.span.overlap(span)
            if here == block.span == span:
                self._draw_block(part, block, out)
            else:
                whole = np.empty((*out.shape[:2], block.span.size))
                self._draw_block(part, block, whole)
                out[..., here.within(span)] = whole[..., here.within(block.span)]

    def _draw_block(self, part: Remembered, block: Block, out: Floats) -> None:
        draw_shared_normals(
            self._seed, self._ids, self._axis, block.span, out, _purpose(part), self._shared
        )
        if part.half_life_hours:
            start, end = self._edges(part, block, len(out))
            decay = _uniform_decay(part.half_life_hours, self._hours, out.shape[-1])
            follow(decay, start, end, out)

    def _edges(self, part: Remembered, block: Block, processes: int) -> tuple[Floats, Floats]:
        """Return the values at the last step before a block and at its last, shape (…, servers)."""
        year = self._axis.timestamp(block.span.first).year
        days = self._axis.days(date(year, 1, 1), date(year + 1, 1, 1))
        blocks = [each.span for each in self._axis.blocks(days)]
        if (part.name, year) not in self._edges_of_years:
            self._edges_of_years[part.name, year] = self._year_edges(part, year, blocks)
        edges = self._edges_of_years[part.name, year][:processes]
        position = blocks.index(block.span)
        return edges[..., position], edges[..., position + 1]

    def _year_edges(self, part: Remembered, year: int, blocks: Sequence[Span]) -> Floats:
        """Return the values at the last step before a year, and of each of its blocks."""
        start, end = (self._draw_once(part, each, "year end", 1) for each in (year - 1, year))
        if len(blocks) == 1:
            return np.concatenate([start, end], axis=-1)
        ends = self._draw_once(part, year, "block end", len(blocks))
        hours = np.array([block.size * self._hours for block in blocks])
        decay = Decay.over(part.half_life_hours, hours)
        follow(decay, start[..., 0], end[..., 0], ends)
        return np.concatenate([start, ends], axis=-1)

    def _draw_once(self, part: Remembered, year: int, what: str, size: int) -> Floats:
        """Draw some values a year, shape (count, servers, size)."""
        label = f"{self._axis.step_minutes}min/{year}"
        purpose = f"{_purpose(part)} {what}"

        def draw(subject: str) -> Floats:
            generator = stream(self._seed, subject, label, purpose)
            return generator.standard_normal((size, self._count)).T

        normals = np.stack([draw(server_id) for server_id in self._ids], axis=1)
        share_normals(self._shared, normals, draw)
        return normals


def _purpose(part: Remembered) -> str:
    return f"noise part {part.name}"


@lru_cache(maxsize=_KEPT_DECAYS)
def _uniform_decay(half_life_hours: float, step_hours: float, steps: int) -> Decay:
    return Decay.over(half_life_hours, np.full(steps, step_hours))

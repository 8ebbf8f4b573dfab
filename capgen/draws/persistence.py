"""Persistence: parts of the noise that remember, each a stationary Ornstein-Uhlenbeck process.

A block's last values are drawn by themselves; the path between two of them is drawn forward and
then bent so that it meets the second one (the bridge of a Gaussian process: Rasmussen and Williams,
"Gaussian Processes for Machine Learning", 2006, section 2.2). So a block needs no other block's
path, and yet the process goes on across edges.

A future goes on from the last known value: a process without a memory beyond its value needs no
more. Its first block is drawn forward from there; ends of later blocks go on from that one's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.paths import Decay, follow, go_on, uniform_decay
from capgen.draws.sharing import Sharing, draw_shared_normals, share_normals
from capgen.draws.streams import stream
from capgen.draws.subjects import known
from capgen.timeline.epoch import MINUTES_PER_HOUR
from capgen.timeline.time_axis import Block, Span, TimeAxis

_KEPT_VALUES = 2**12  # of servers and groups, at a moment: some 300 bytes each
_KEPT_PARTS = 2**9  # of groups, at ends of blocks: some 15,000 bytes each at most


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
        before, ahead = self._axis.split(span)
        if self._axis.moment is not None:
            for step in range(before.first, before.stop):
                out[..., step - span.first] = self._reached(part, step, len(out))
        elif before.size:
            self._fill_known(part, before, out)
        if ahead.size:
            self._fill_ahead(part, ahead, out[..., ahead.within(span)])

    # A panel.

    def _fill_known(self, part: Remembered, span: Span, out: Floats) -> None:
        for block in self._axis.blocks(span):
            here = block.span.overlap(span)
            if here == block.span == span:
                self._draw_block(part, block, out)
            else:
                whole = np.empty((*out.shape[:2], block.span.size))
                self._draw_block(part, block, whole)
                out[..., here.within(span)] = whole[..., here.within(block.span)]

    def _draw_block(self, part: Remembered, block: Block, out: Floats) -> None:
        self._draw_normals(part, block.span, out)
        if part.half_life_hours:
            start, end = self._edges(part, block, len(out))
            decay = uniform_decay(part.half_life_hours, self._hours, out.shape[-1])
            follow(decay, start, end, out)

    def _draw_normals(self, part: Remembered, span: Span, out: Floats) -> None:
        draw_shared_normals(
            self._seed, self._ids, self._axis, span, out, _purpose(part), self._shared
        )

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
        start, end = (self._of_year(part, each, "year end", 1) for each in (year - 1, year))
        if len(blocks) == 1:
            return np.concatenate([start, end], axis=-1)
        ends = self._of_year(part, year, "block end", len(blocks))
        hours = np.array([block.size * self._hours for block in blocks])
        decay = Decay.over(part.half_life_hours, hours)
        follow(decay, start[..., 0], end[..., 0], ends)
        return np.concatenate([start, ends], axis=-1)

    def _of_year(self, part: Remembered, year: int, what: str, size: int) -> Floats:
        """Draw some values of a year, shape (count, servers, size)."""
        label = f"{self._axis.step_minutes}min/{year}"
        return self._draw_once(label, f"{_purpose(part)} {what}", size)

    def _draw_once(self, label: str, purpose: str, size: int) -> Floats:
        drawn = (self._seed, label, purpose, size, self._count)
        draw = _drawn_once if size > 1 else _drawn_and_kept
        normals = np.stack([draw(server_id, *drawn) for server_id in self._ids], axis=1)
        share_normals(self._shared, normals, lambda *of_group: _part_of(*of_group, *drawn))
        return normals

    # What lies ahead of a moment.

    def _fill_ahead(self, part: Remembered, span: Span, out: Floats) -> None:
        for block in self._axis.blocks_ahead(span):
            here = block.span.overlap(span)
            is_first = block.span.first == self._axis.moment
            stop = here.stop if is_first else block.span.stop
            path = np.empty((*out.shape[:2], stop - block.span.first))
            self._draw_normals(part, Span(block.span.first, stop), path)
            if part.half_life_hours:
                self._remember(part, block, path)
            out[..., here.within(span)] = path[..., here.within(block.span)]

    def _remember(self, part: Remembered, block: Block, path: Floats) -> None:
        """Turn a block's normals into the process."""
        decay = uniform_decay(part.half_life_hours, self._hours, block.span.size)
        if block.span.first == self._axis.moment:
            go_on(decay, self._reached(part, block.span.first - 1, len(path)), path)
        else:
            ends = self._ends_ahead(part, block, len(path))
            follow(decay, ends[..., -2], ends[..., -1], path)

    def _ends_ahead(self, part: Remembered, block: Block, processes: int) -> Floats:
        """Return the values at the ends of a future's blocks up to some block."""
        assert self._axis.moment is not None
        first_end = self._axis.moment + block.span.size
        later = (block.span.stop - first_end) // block.span.size
        start = np.empty((processes, len(self._ids), 1))
        self._fill_ahead(part, Span(first_end - 1, first_end), start)
        label = f"{self._axis.step_minutes}min/ends"
        ends = self._draw_once(label, f"{_purpose(part)} block end", later)[:processes]
        hours = np.full(later, block.span.size * self._hours)
        go_on(Decay.over(part.half_life_hours, hours), start[..., 0], ends)
        return np.concatenate([start, ends], axis=-1)

    def _reached(self, part: Remembered, step: int, processes: int) -> Floats:
        """Return the values at a known step, shape (processes, servers)."""

        def value(subject: str) -> Floats:
            at = (self._seed, known(subject), self._axis.step_minutes, step)
            return _value(part, *at, self._count)[:processes, None]

        def part_of(share: float, subject: str) -> Floats:
            return math.sqrt(share) * value(subject)

        values = np.stack([value(server_id) for server_id in self._ids], axis=1)
        share_normals(self._shared, values, part_of)
        return values[..., 0]


def _drawn_once(subject: str, seed: int, label: str, purpose: str, size: int, count: int) -> Floats:
    return stream(seed, subject, label, purpose).standard_normal((size, count)).T


_drawn_and_kept = lru_cache(maxsize=_KEPT_VALUES)(_drawn_once)  # a year's end starts the next one


@lru_cache(maxsize=_KEPT_PARTS)
def _part_of(share: float, subject: str, *drawn: Any) -> Floats:
    """Return what a group adds to its servers, for all of which it is the same."""
    part: Floats = math.sqrt(share) * _drawn_once(subject, *drawn)
    return part


@lru_cache(maxsize=_KEPT_VALUES)
def _value(
    part: Remembered, seed: int, subject: str, step_minutes: int, step: int, count: int
) -> Floats:
    """Return the values of a server's or a group's processes at a step of the panel."""
    axis = TimeAxis(date.min, date.max, step_minutes)
    values = np.empty((count, 1, 1))
    PersistentNoise(seed, axis, [subject], (), count).fill(part, Span(step, step + 1), values)
    return values[:, 0, 0]


def _purpose(part: Remembered) -> str:
    return f"noise part {part.name}"

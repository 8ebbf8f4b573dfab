"""Draws that servers share: part of what each draws is what its group draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np

from capgen.draws import by_block
from capgen.draws.arrays import Floats
from capgen.timeline.time_axis import Span, TimeAxis

_KEPT_DRAWS = 24  # of groups, each of a block: the servers of a chunk that share them come together
Draw = Callable[[str], Floats]  # from the streams of a subject, shape (…, steps)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What servers share with the other members of their groups of one kind.

    Args:
        share: share of the variance, or of the changes.
        subjects: the groups, as subjects of random streams: no server's id has a colon.
        of_server: position of each server's group among them.
    """

    share: float
    subjects: list[str]
    of_server: list[int]

    def in_courses(self, courses: Sequence[str]) -> Sharing:
        """Return the same in futures: servers share with those of the same future.

        Args:
            courses: what the future of each server adds to subjects.
        """
        groups = [self.subjects[group] for group in self.of_server]
        names = [group + course for group, course in zip(groups, courses, strict=True)]
        positions = {name: number for number, name in enumerate(dict.fromkeys(names))}
        return Sharing(self.share, list(positions), [positions[name] for name in names])

    def common(self, draw: Draw) -> list[Floats]:
        """Return for each server what its group draws.

        Args:
            draw: draws from the streams of a group.
        """
        drawn = [draw(subject) for subject in self.subjects]
        return [drawn[group] for group in self.of_server]


def draw_shared_normals(
    seed: int,
    server_ids: Sequence[str],
    axis: TimeAxis,
    span: Span,
    out: Floats,
    purpose: str,
    shared: Sequence[Sharing],
) -> None:
    """Draw independent standard normals, of which servers share a part.

    Args:
        seed: the configuration's seed.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps.
        out: where to, shape (metrics, servers, steps).
        purpose: what the draws are for.
        shared: what servers share.
    """

    def draw(share: float, subject: str) -> Floats:
        return _part_of(share, seed, subject, axis, span, purpose, len(out))

    parts = [each.common(partial(draw, each.share)) for each in shared]
    rest = _rest(shared)

    def mix(server: int, steps: slice) -> None:
        own = out[:, server, steps]
        own *= rest
        for of_servers in parts:
            own += of_servers[server][:, steps]

    by_block.draw_normals(seed, server_ids, axis, span, out, purpose, mix if shared else None)


@lru_cache(maxsize=_KEPT_DRAWS)
def _part_of(
    share: float, seed: int, subject: str, axis: TimeAxis, span: Span, purpose: str, count: int
) -> Floats:
    """Return what a group adds to its servers, for all of which it is the same."""
    normals = np.empty((count, 1, span.size))
    by_block.draw_normals(seed, [subject], axis, span, normals, purpose)
    normals *= math.sqrt(share)
    return normals[:, 0]


def share_normals(
    shared: Sequence[Sharing], normals: Floats, draw: Callable[[float, str], Floats]
) -> None:
    """Mix what groups draw into a few numbers of servers, in place; standard normals stay so.

    Args:
        shared: what servers share.
        normals: the servers' normals, shape (metrics, servers, steps).
        draw: draws from the streams of a group, times the root of a share.
    """
    if shared:
        normals *= _rest(shared)
    for each in shared:
        normals += np.stack(each.common(partial(draw, each.share)), axis=1)


def _rest(shared: Sequence[Sharing]) -> float:
    """Return what is left of a server's own normals."""
    return math.sqrt(max(0.0, 1 - sum(each.share for each in shared)))


def share_uniforms(shared: Sequence[Sharing], uniforms: Floats, choice: Floats, draw: Draw) -> None:
    """Put what groups draw in the place of some of what servers drew, in place.

    Args:
        shared: what servers share.
        uniforms: the servers' uniforms, shape (…, servers, steps).
        choice: uniform too, shape (servers, steps): decides where.
        draw: draws from the streams of a group.
    """
    before = 0.0
    for sharing in shared:
        here = (choice >= before) & (choice < before + sharing.share)
        for server, common in enumerate(sharing.common(draw)):
            np.copyto(uniforms[..., server, :], common, where=here[server])
        before += sharing.share

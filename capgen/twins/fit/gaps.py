"""Gaps: what a server lacks, one by one and for hours, and what the whole fleet lacks at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Flags, Floats
from capgen.layers.gaps import Gaps
from capgen.twins.fit.clock import Clock

_HOURS_PER_YEAR = 8766
_MOST_PER_YEAR = 1000  # of what the library can say; more are missing one by one
_LONGEST_MEAN = 74.4  # hours; likewise
_MOST_LACKING = 0.99  # of the time
_ONE_IN = 10  # of so many servers may have a value in a gap of the fleet
_FEWEST_SERVERS = 3  # that are a fleet


@dataclass(frozen=True, slots=True, eq=False)
class ServerGaps:
    """What a server lacks.

    Args:
        missing: share of each metric's values that are missing one by one, shape (metrics,).
        outages_per_year: how many there are.
        outage_hours: how long they last on average.
    """

    missing: Floats
    outages_per_year: float
    outage_hours: float


def server_gaps(values: Floats, clock: Clock, life: slice, fleet_gaps: Flags) -> ServerGaps:
    """Return what a server lacks.

    Args:
        values: shape (metrics, steps), NaN where missing.
        clock: of the steps.
        life: the steps from its first value to its last one.
        fleet_gaps: the steps at which the fleet lacks everything.
    """
    known = np.isfinite(values[:, life])
    lacks_all = ~known.any(axis=0) & ~fleet_gaps[life]
    starts, lengths = _runs(lacks_all)
    is_outage = lengths * clock.step_hours >= 1
    hours = lacks_all.size * clock.step_hours
    wanted = _gaps_of(lengths[is_outage] * clock.step_hours, hours)
    single = ~fleet_gaps[life]
    if wanted:
        for start, length in zip(starts[is_outage], lengths[is_outage], strict=True):
            single[start : start + length] = False
    missing = 1 - known[:, single].sum(axis=1) / max(1, int(single.sum()))
    if wanted is None:
        return ServerGaps(missing, 0.0, 1.0)
    return ServerGaps(missing, wanted.per_year, wanted.mean_hours)


def fleet_gap_steps(present: NDArray[np.int64], alive: NDArray[np.int64]) -> Flags:
    """Return the steps at which nearly all servers lack everything.

    Args:
        present: number of servers with any value, shape (steps,).
        alive: number of servers between their first value and their last one, shape (steps,).
    """
    found: Flags = (alive >= _FEWEST_SERVERS) & (present * _ONE_IN <= alive)
    return found


def fleet_gaps(steps: Flags, clock: Clock) -> Gaps | None:
    """Return how often the fleet lacks everything, and for how long; None for never.

    Args:
        steps: as `fleet_gap_steps` returns them.
        clock: of the steps.
    """
    _, lengths = _runs(steps)
    hours = lengths * clock.step_hours
    return _gaps_of(hours[hours >= 1], steps.size * clock.step_hours)


def _gaps_of(hours: NDArray[np.floating[Any]], observed_hours: float) -> Gaps | None:
    """Return gaps that lack as many hours as those that were seen, in as many stretches.

    Gaps begin by chance, and some while another one lasts: of those that were seen, a few are two.
    As many go on at a time as the Poisson law has where the share without any is that without gap.
    """
    if not len(hours):
        return None
    lacking = min(math.fsum(np.ceil(hours)), _MOST_LACKING * observed_hours)
    at_once = -math.log1p(-lacking / observed_hours)
    mean = at_once * (observed_hours - lacking) / len(hours)
    mean = min(max(mean, 1.0), _LONGEST_MEAN)
    per_year = at_once / mean * _HOURS_PER_YEAR
    if per_year > _MOST_PER_YEAR:
        return None
    return Gaps(per_year=round(per_year, 3), mean_hours=round(mean, 3))


def _runs(marked: Flags) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where runs of marked steps start, and how long they are."""
    edges = np.diff(np.concatenate([[False], marked, [False]]).astype(np.int8))
    starts = np.flatnonzero(edges == 1)
    return starts, np.flatnonzero(edges == -1) - starts

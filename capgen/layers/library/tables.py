"""What rows of a library say, as the tables that states, seasons and noise are made from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Floats
from capgen.layers.curves import Curves
from capgen.layers.library.schema import HIGHEST_SCORE
from capgen.layers.library.table import Library
from capgen.layers.noise_parts.parts import Part
from capgen.layers.regimes.rhythm import HOURS_OF_WEEK, DayRhythm, Rhythm
from capgen.timeline.epoch import HOURS_PER_DAY

# Of the stickiest state of any row, which decides for how long all are followed beforehand.
_FORGOTTEN = 1e-3
Rows = NDArray[np.int64]


def rhythm_of(library: Library, rows: Rows, shifts: Rows) -> Rhythm:
    """Return what decides the states of servers.

    Args:
        library: the table.
        rows: position of each server's row.
        shifts: by how many hours each lives later than its row.
    """
    chances = _shifted(library.numbers("chances", rows), shifts, axis=3)
    by_state = np.moveaxis(chances, -1, 0).reshape(library.facts.states, len(rows), -1)
    days = DayRhythm(
        np.moveaxis(library.numbers("kinds", rows), -1, 0).copy(),
        library.numbers("kind_stickiness", rows).T[:, :, None],
    )
    stickiness = library.numbers("stickiness", rows).T[:, :, None]
    most = float(library.numbers("stickiness").max())
    return Rhythm(by_state, stickiness, most, _FORGOTTEN, days)


def curves_of(library: Library, rows: Rows) -> dict[str, Curves]:
    """Return the curves of each metric.

    Args:
        library: the table.
        rows: position of each server's row.
    """
    quantiles = library.quantiles(rows)
    every = (np.ascontiguousarray(quantiles[:, at]) for at in range(quantiles.shape[1]))
    return {
        key: Curves(HIGHEST_SCORE, values)
        for key, values in zip(library.facts.metrics, every, strict=True)
    }


def shifts_of(library: Library, rows: Rows, shifts: Rows) -> dict[str, Floats]:
    """Return by metric what the hours add to the scores, shape (servers, states, 48).

    Args:
        library: the table.
        rows: position of each server's row.
        shifts: by how many hours each lives later than its row.
    """
    season = _shifted(library.numbers("season", rows), shifts, axis=4)
    found = {}
    for at, key in enumerate(library.facts.metrics):
        of_metric = season[:, at].reshape(len(rows), library.facts.states, HOURS_OF_WEEK)
        found[key] = np.ascontiguousarray(of_metric)
    return found


def parts_of(library: Library, factors: Floats) -> list[Part]:
    """Return the parts of the noise, for which of them draw how many metrics.

    Args:
        library: the table.
        factors: of the servers, shape (parts, metrics, metrics, servers).
    """
    shares = np.max(np.sum(factors**2, axis=2), axis=2)
    names = [_part_name(hours) for hours in library.facts.half_lives]
    every = zip(names, library.facts.half_lives, shares, strict=True)
    return [Part(name, hours, share, np.eye(factors.shape[1])) for name, hours, share in every]


def _part_name(half_life_hours: float) -> str:
    return f"library {half_life_hours:g} h" if half_life_hours else ""


def _shifted(numbers: Floats, shifts: Rows, axis: int) -> Floats:
    """Return numbers by the hour of the day, moved so many hours later for each server."""
    if not shifts.any():
        return numbers
    hours = (np.arange(HOURS_PER_DAY) - shifts[:, None]) % HOURS_PER_DAY
    shape = [1] * numbers.ndim
    shape[0] = len(shifts)
    shape[axis] = HOURS_PER_DAY
    return np.take_along_axis(numbers, hours.reshape(shape), axis=axis)

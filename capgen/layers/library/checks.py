"""What must hold between the numbers of a library: it comes from a stranger."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from capgen.draws.arrays import Flags
from capgen.layers.library.schema import COLUMNS
from capgen.layers.library.table import Library, Stored
from capgen.settings.grid import STEPS, are_steps

_MOST_ROUNDING = 0.1  # of a variance of 1
_LONGEST_OUTAGE = 74.4  # hours on average; `layers.missing` allows no longer ones


def library_problems(library: Library) -> list[str]:
    """Return what is wrong with a library: one line for each column, with the first row concerned.

    Args:
        library: its numbers have the types and shapes of the schema.
    """
    # What lies outside of its limits cannot be worked with.
    return list(_outside(library)) or list(_disagreeing(library))


def _outside(library: Library) -> Iterator[str]:
    for name, stored in library.columns.items():
        column = COLUMNS[name]
        inside = (stored >= column.lowest) & (stored <= column.highest)  # NaN is not
        limits = f"numbers from {column.lowest:g} to {column.highest:g}"
        yield from _problem(name, limits, ~inside, stored)


def _disagreeing(library: Library) -> Iterator[str]:
    columns = library.columns
    for name in ("chances", "kinds"):
        total = columns[name].sum(axis=-1, dtype=np.int64)
        yield from _problem(name, "percentages that sum to 100", total != 100, total)
    falls = np.diff(columns["quantiles"].astype(np.int64), axis=-1)
    yield from _problem("quantiles", "quantiles that never fall", falls < 0, falls)
    variances = _variances(library)
    wrong = np.abs(variances - 1) > _MOST_ROUNDING
    yield from _problem("noise", "squares of each metric that sum to 1", wrong, variances)
    steps = columns["resolution"]
    wrong = (steps != 0) & ~are_steps(steps)
    yield from _problem("resolution", f"0, or {STEPS}", wrong, steps)
    hours = columns["outages"][:, 1]
    wrong = (columns["outages"][:, 0] > 0) & ~((hours >= 1) & (hours <= _LONGEST_OUTAGE))
    yield from _problem("outages", f"a mean of 1 to {_LONGEST_OUTAGE} hours", wrong, hours)


def _problem(name: str, expected: str, wrong: Flags, values: Stored) -> Iterator[str]:
    places = np.argwhere(wrong)
    if len(places):
        first = tuple(places[0])
        yield f"{name}: expected {expected}, got {values[first]:g} in row {first[0]}"


def _variances(library: Library) -> Stored:
    """Return the variance of each metric's noise, shape (rows, metrics)."""
    squares = (library.columns["noise"] / COLUMNS["noise"].per_unit) ** 2
    of_pairs = squares.sum(axis=1)
    starts = [metric * (metric + 1) // 2 for metric in range(len(library.facts.metrics))]
    variances: Stored = np.add.reduceat(of_pairs, starts, axis=1)
    return variances

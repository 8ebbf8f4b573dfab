"""How futures go on from what the panel has reached at a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from capgen.draws.arrays import Codes
from capgen.draws.subjects import course_of, known
from capgen.layers.scope import Scope


def courses_of(scope: Scope) -> Iterator[tuple[slice, str]]:
    """Yield the rows of each future, and what it adds to subjects; all rows of a panel.

    Args:
        scope: servers of a panel, or of futures.
    """
    first = 0
    for added, rows in groupby(scope.ids, course_of):
        stop = first + len(list(rows))
        yield slice(first, stop), added
        first = stop


def as_in_panel(scope: Scope) -> Scope:
    """Return the same rows as the panel has them, whatever future they are of.

    Args:
        scope: servers of futures.
    """
    kind = replace(scope.kind, axis=scope.axis.of_panel)
    return replace(scope, kind=kind, ids=[known(subject) for subject in scope.ids])


def reached(scope: Scope, what: str, find: Callable[[Scope, Sequence[int]], Codes]) -> Codes:
    """Return what servers had reached at the moment from which their futures go on.

    Args:
        scope: servers of futures.
        what: its name.
        find: finds it for servers of the panel, of which it gets the rows in the scope too; shape
            (servers, …).

    Returns:
        The same for each row.
    """
    memory = scope.kind.reached
    names = scope.servers["server_id"].to_list()
    new = {name: row for row, name in enumerate(names) if (what, name) not in memory}
    if new:
        rows = list(new.values())
        panel = Scope.of(as_in_panel(scope).kind, scope.servers[rows], {}, scope.span)
        found = find(panel, rows)
        for name, value in zip(new, found, strict=True):
            memory[what, name] = value
    return np.array([memory[what, name] for name in names])

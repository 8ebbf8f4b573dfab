"""Which row of a library each server takes, and at which level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Floats
from capgen.draws.once import lasting_normals
from capgen.draws.streams import stream
from capgen.layers.library.settings import LibraryUse
from capgen.layers.library.similar import similar_rows
from capgen.layers.library.table import Library
from capgen.layers.servers import Servers

SERVER_TYPE = "server_type"
_DRAWS = 5  # two that nothing needs now, a similar row, between its level and the own, hours
_DECIMALS = 12  # exponentials differ between machines in the last bit; rounded ones do not
Rows = NDArray[np.int64]


class Taken(NamedTuple):
    """What servers take from a library.

    Args:
        rows: position of each server's row, shape (servers,).
        levels: of its metrics, shape (servers, metrics).
        shifts: by how many hours it lives later than its row, shape (servers,).
    """

    rows: Rows
    levels: Floats
    shifts: NDArray[np.int64]


def chosen_rows(settings: LibraryUse, archetype: str | None = None) -> Rows:
    """Return the positions of the rows that servers may take.

    Args:
        settings: of the library.
        archetype: of the servers: rows of the same server type, where there are any.
    """
    library = settings.library
    keep = np.ones(library.rows, np.bool_)
    for label, values in (settings.where or {}).items():
        keep &= np.isin(library.labels[label], values)
    if archetype is not None and SERVER_TYPE in library.labels:
        alike = keep & (np.array(library.labels[SERVER_TYPE]) == archetype)
        keep = alike if alike.any() else keep
    return np.flatnonzero(keep)


def take(settings: LibraryUse, servers: Servers) -> Taken:
    """Return what servers take.

    Args:
        settings: of the library.
        servers: the servers of an archetype.
    """
    library = settings.library
    seed = servers.kind.seed
    streams = [stream(seed, server_id, "", "library") for server_id in servers.ids]
    draws = np.array([each.random(_DRAWS) for each in streams]).T
    if settings.use == "twin":
        rows = chosen_rows(settings)[servers.positions]
    else:
        group = chosen_rows(settings, servers.kind.name)
        rows = group[_dealt(len(group), seed, servers.positions)]
    levels = library.numbers("levels", rows)
    if settings.use == "borrow":
        # All of a part are dealt alike, so that a dealt row is any of its part.
        others = similar_rows(library, rows, group, settings.similar)
        levels = _redrawn(library, (rows, _picked(others, draws[2])), draws[3], settings, servers)
    for key, factor in (settings.level or {}).items():
        levels[:, library.facts.metrics.index(key)] *= factor
    shifts = np.floor(draws[4] * (2 * settings.hour_shift + 1)).astype(np.int64)
    return Taken(rows, levels, shifts - settings.hour_shift)


def _dealt(count: int, seed: int, positions: Sequence[int]) -> Rows:
    """Return places of rows, dealt like cards: each comes once before any comes again."""
    rounds, places = np.divmod(np.array(positions, np.int64), count)
    dealt = np.empty_like(places)
    for number in np.unique(rounds).tolist():
        draws = stream(seed, "", str(number), "library rows").random(count)
        in_round = rounds == number
        dealt[in_round] = np.argsort(draws, kind="stable")[places[in_round]]
    return dealt


def _picked(choices: Sequence[Rows], draws: Floats) -> Rows:
    """Return one of each server's choices."""
    pairs = zip(choices, draws.tolist(), strict=True)
    return np.array([rows[int(draw * len(rows))] for rows, draw in pairs])


def _redrawn(
    library: Library,
    rows: tuple[Rows, Rows],
    draws: Floats,
    settings: LibraryUse,
    servers: Servers,
) -> Floats:
    """Return levels between those of two rows, on a logarithmic scale, and some way off.

    A metric that one of them has no values of stays about where the first has it.
    """
    first, second = (np.log(library.numbers("levels", each)) for each in rows)
    in_both = np.logical_and(*(library.has_values(each) for each in rows))
    apart = np.where(in_both, second - first, 0.0)
    metrics = len(library.facts.metrics)
    normals = lasting_normals(servers.kind.seed, servers.ids, "library level", metrics).T
    logarithms = first + draws[:, None] * apart + settings.level_sd * normals
    levels: Floats = np.exp(logarithms).round(_DECIMALS)
    return levels

"""Whether servers of an app, of a region, or all, move together as configured."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.draws.sharing import Sharing
from capgen.panel.layered import sharings
from capgen.quality.rule import BESIDE_TWIN, Rule
from capgen.quality.twin.contrast import Contrast
from capgen.quality.twin.movement import Movement
from capgen.quality.twin.periods import Periods
from capgen.quality.twin.ratios import ratios

SHARED_MOVEMENT = Rule(
    "shared_movement",
    "Servers of one app, region or fleet move together as configured.",
    BESIDE_TWIN,
    "movement in common",
)


def kinship(config: Config, servers: pl.DataFrame) -> float:
    """Return the highest correlation of any measurements of two servers, on average over all pairs.

    That is the correlation of the noise or that of the changes of state, whichever is higher.

    Args:
        config: the panel's configuration.
        servers: their server frame.
    """
    of_noise = _kinship(servers.height, sharings(config, servers, "noise"))
    of_states = _kinship(servers.height, sharings(config, servers, "states"))
    return max(of_noise, of_states)


def _kinship(servers: int, shared: list[Sharing]) -> float:
    pairs = servers * (servers - 1)
    of_groups = (each.share * _pairs(each) for each in shared)
    return sum(of_groups) / pairs if pairs else 0.0


def _pairs(sharing: Sharing) -> int:
    """Return how many ordered pairs of servers are in a group together."""
    sizes = np.bincount(sharing.of_server)
    return int((sizes * (sizes - 1)).sum())


def shared_contrasts(movement: Movement, periods: Periods) -> Iterator[Contrast]:
    """Yield the correlation between servers that share movement, over pairs and metrics, by scope.

    Args:
        movement: movement of servers of one archetype.
        periods: periods to compare: the servers together are one witness.
    """
    twins = movement.twins
    every = _every_sharing(movement.config, twins.servers)
    scopes = {sharing.subjects[0].partition(":")[0]: sharing for sharing in every}
    for scope, sharing in scopes.items():
        if _pairs(sharing):
            who = "fleet" if scope == "fleet" else f"one {scope}"
            subject = f"{twins.archetype}, servers of {who}"
            both = movement.scaled.each(partial(_correlation, sharing=sharing, periods=periods))
            growth = periods.growth
            yield Contrast(SHARED_MOVEMENT.name, subject, both, 1, absent=0.0, growth=growth)


def _every_sharing(config: Config, servers: pl.DataFrame) -> list[Sharing]:
    return [*sharings(config, servers, "noise"), *sharings(config, servers, "states")]


def _correlation(scaled: Floats, sharing: Sharing, periods: Periods) -> Floats:
    """Return the mean correlation over all pairs in the groups, period by period."""
    together = np.zeros(periods.count)
    alone = np.zeros(periods.count)
    groups = np.array(sharing.of_server)
    for group in range(len(sharing.subjects)):
        members = scaled[:, groups == group]
        squares = (members**2).sum(axis=1)
        together += periods.sums(members.sum(axis=1) ** 2 - squares).sum(axis=0)
        alone += periods.sums(squares).sum(axis=0) * (members.shape[1] - 1)
    return ratios(together, alone)

"""Shared movement: a share of the noise, and of the changes of state, is common to an app, a region or the fleet."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.panel.noise import Floats

_COLUMNS = {"app": "app_name", "region": "region", "fleet": None}
Draw = Callable[[Sequence[str]], Floats]  # subjects of streams → arrays (…, subjects, steps)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What servers share with the other members of their groups of one kind.

    Args:
        share: of the variance, or of the changes.
        subjects: the groups, as subjects of random streams: no server's id has a colon.
        of_server: position of each server's group.
    """

    share: float
    subjects: list[str]
    of_server: NDArray[np.int64]

    def common(self, draw: Draw) -> Floats:
        """Return what the groups draw, laid out by server.

        Args:
            draw: from streams of some subjects, shape (…, subjects, steps).
        """
        drawn: Floats = draw(self.subjects)
        return drawn[..., self.of_server, :]


def sharings(config: Config, servers: pl.DataFrame, what: Literal["noise", "states"]) -> list[Sharing]:
    """Return what servers share: nothing where the layer is off.

    Args:
        config: a valid configuration.
        servers: the server frame.
        what: is shared.
    """
    return list(_sharings(config, servers, what))


def _sharings(config: Config, servers: pl.DataFrame, what: str) -> Iterator[Sharing]:
    layer = config.layers.shared_movement
    for scope, column in _COLUMNS.items():
        share = getattr(getattr(layer, scope), what) if layer else 0
        if share:
            names = servers[column].cast(pl.String).to_list() if column else [""] * servers.height
            groups = {name: position for position, name in enumerate(dict.fromkeys(names))}
            yield Sharing(share, [f"{scope}:{name}" for name in groups], np.array([groups[name] for name in names]))


def share_normals(shared: Sequence[Sharing], normals: Floats, draw: Draw) -> None:
    """Mix what groups draw into what servers drew, in place; standard normals stay so.

    Args:
        shared: from `sharings`.
        normals: of the servers, shape (metrics, servers, steps).
        draw: from streams of some subjects.
    """
    if shared:
        normals *= math.sqrt(max(0.0, 1 - sum(each.share for each in shared)))
    for each in shared:
        normals += math.sqrt(each.share) * each.common(draw)


def share_uniforms(shared: Sequence[Sharing], uniforms: Floats, choice: Floats, draw: Draw) -> None:
    """Put what groups draw in the place of some of what servers drew, in place.

    Args:
        shared: from `sharings`.
        uniforms: of the servers, shape (…, servers, steps).
        choice: uniform too, shape (servers, steps): decides where.
        draw: from streams of some subjects.
    """
    before = 0.0
    for each in shared:
        here = (choice >= before) & (choice < before + each.share)
        np.copyto(uniforms, each.common(draw), where=here)
        before += each.share

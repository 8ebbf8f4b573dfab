"""Shared movement: a share of the noise, and of the changes of state, is common to an app, a region or the fleet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import polars as pl

from capgen.config import Config
from capgen.draws.sharing import Sharing

_COLUMNS = {"app": "app_name", "region": "region", "fleet": None}


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
            yield Sharing(share, [f"{scope}:{name}" for name in groups], [groups[name] for name in names])

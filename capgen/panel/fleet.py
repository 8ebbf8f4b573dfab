"""The fleet: the server frame, with its archetypes and metadata."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.config import Config
from capgen.config.shares import SHARE_TOLERANCE
from capgen.draws.arrays import Floats
from capgen.draws.streams import stream
from capgen.layers.scope import parameter_column
from capgen.layers.servers import Servers
from capgen.panel.clocks import clock_of, clocks
from capgen.panel.layered import Layered, layered_archetype
from capgen.panel.series import series_of
from capgen.system.forking import check_polars_answers

_DRAWS_PER_SERVER = 4  # business unit, criticality, region, app


def archetype_counts(config: Config) -> dict[str, int]:
    """Return how many servers each archetype gets.

    Each gets the whole part of its share; the one with the largest share gets what rounding leaves.

    Args:
        config: the panel's configuration.

    Returns:
        Servers by archetype, in the configuration's order; they sum to `num_servers`.
    """
    shares = {name: archetype.share for name, archetype in config.archetypes.items()}
    counts = {}
    for name, share in shares.items():
        counts[name] = math.floor(config.num_servers * share + SHARE_TOLERANCE)
    largest = max(shares, key=lambda name: shares[name])
    counts[largest] += config.num_servers - sum(counts.values())
    return counts


def server_ids(config: Config) -> list[str]:
    """Return the ids of all servers, in order of their index.

    Args:
        config: the panel's configuration.
    """
    first = config.fleet.first_index
    form = config.fleet.server_id_format
    return [form.format(index=first + offset) for offset in range(config.num_servers)]


def fleet_frame(config: Config) -> pl.DataFrame:
    """Return the server frame: one row a server.

    Each server draws its metadata from a stream of its own, whatever the rest of the fleet is.

    Args:
        config: the panel's configuration.

    Returns:
        Columns server_id, server_type, business_unit, criticality, region, app_name (all strings),
        grouped by archetype in the configuration's order and sorted by server_id within each.

    Raises:
        CapgenError: Polars does not answer.
    """
    check_polars_answers()
    ids = server_ids(config)
    types: list[str] = []
    for name, count in archetype_counts(config).items():
        types += [name] * count
    streams = (stream(config.seed, server_id, "", "metadata") for server_id in ids)
    draws = np.array([generator.random(_DRAWS_PER_SERVER) for generator in streams])
    units = _pick(config.fleet.business_unit, draws[:, 0])
    apps = np.floor(draws[:, 3] * config.fleet.apps_per_business_unit).astype(np.int64)
    frame = pl.DataFrame(
        {
            "server_id": ids,
            "server_type": types,
            "business_unit": units,
            "criticality": _pick(config.fleet.criticality, draws[:, 1]),
            "region": _pick(config.fleet.region, draws[:, 2]),
            "app_name": [f"{unit}-app-{app}" for unit, app in zip(units, apps, strict=True)],
        }
    )
    by_type = frame.partition_by("server_type", maintain_order=True)
    return pl.concat([servers.sort("server_id") for servers in by_type])


def server_frames(config: Config) -> dict[str, pl.DataFrame]:
    """Return the server frame of each archetype that has servers, with what layers give them once.

    Args:
        config: the panel's configuration.

    Returns:
        By archetype, sorted by server_id: the columns of `fleet_frame`, clock, and those of layers.
    """
    by_type = fleet_frame(config).partition_by("server_type", as_dict=True, maintain_order=True)
    position = {server_id: number for number, server_id in enumerate(server_ids(config))}
    return {
        str(name): _with_layers(config, layered_archetype(config, str(name)), frame, position)
        for (name,), frame in by_type.items()
    }


def server_frame(config: Config) -> pl.DataFrame:
    """Return the server frames of all archetypes as one; null where a column is not an archetype's.

    Args:
        config: the panel's configuration.
    """
    return pl.concat(server_frames(config).values(), how="diagonal")


def _with_layers(
    config: Config, layered: Layered, frame: pl.DataFrame, position: Mapping[str, int]
) -> pl.DataFrame:
    """Return the frame with what layers give its servers once."""
    ids = frame["server_id"].to_list()
    positions = [position[each] for each in ids]
    own: dict[str, Floats] = {}
    columns: dict[str, NDArray[Any]] = {}
    for layer, settings in layered.on:
        servers = Servers(layered.kind, frame, ids, positions, own)
        for path in layer.own_parameters(settings):
            own[path] = layer.own_values(settings, path, servers)
        columns |= layer.once(settings, servers)
    columns |= {parameter_column(path): values for path, values in own.items()}
    clock_of_region = {region: clock_of(config, region) for region in config.fleet.region}
    followed = [clock_of_region[region] for region in frame["region"].to_list()]
    clock = pl.Series("clock", followed, dtype=pl.Enum(clocks(config)))
    return frame.hstack([clock, *series_of(columns)])


def _pick(weights: Mapping[str, float], draws: Floats) -> list[str]:
    """Choose a label for each uniform draw, with chances in proportion to the weights."""
    labels = [label for label, weight in weights.items() if weight > 0]
    bounds = list(itertools.accumulate(weights[label] for label in labels))
    positions = np.searchsorted(np.array(bounds[:-1]) / bounds[-1], draws, side="right")
    return [labels[position] for position in positions]

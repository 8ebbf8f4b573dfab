"""The fleet: the server frame, with its archetypes and metadata."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.shares import SHARE_TOLERANCE
from capgen.draws.streams import stream
from capgen.panel.layers.local_time import clock_column
from capgen.panel.layers.profile import profile_servers
from capgen.panel.layers.server_growth import growth_rates
from capgen.panel.layers.server_life import lives
from capgen.panel.layers.server_offset import offsets
from capgen.panel.layers.server_spread import spread_servers
from capgen.system.forking import check_polars_answers

_DRAWS_PER_SERVER = 4  # business unit, criticality, region, app


def archetype_counts(config: Config) -> dict[str, int]:
    """Return how many servers each archetype gets.

    Each gets the whole part of its share; what rounding leaves goes to the one with the largest share.

    Args:
        config: a valid configuration.

    Returns:
        Servers by archetype, in the configuration's order; they sum to `num_servers`.
    """
    shares = {name: archetype.share for name, archetype in config.archetypes.items()}
    counts = {name: math.floor(config.num_servers * share + SHARE_TOLERANCE) for name, share in shares.items()}
    counts[max(shares, key=lambda name: shares[name])] += config.num_servers - sum(counts.values())
    return counts


def server_ids(config: Config) -> list[str]:
    """Return the ids of all servers, in order of their index.

    Args:
        config: a valid configuration.
    """
    first = config.fleet.first_index
    return [config.fleet.server_id_format.format(index=first + offset) for offset in range(config.num_servers)]


def fleet_frame(config: Config) -> pl.DataFrame:
    """Return the server frame: one row a server.

    Metadata is drawn from a stream of the server's own, so it does not depend on the rest of the fleet.

    Args:
        config: a valid configuration.

    Returns:
        Columns server_id, server_type, business_unit, criticality, region, app_name (all strings), grouped
        by archetype in the configuration's order and sorted by server_id within each.

    Raises:
        CapgenError: Polars does not answer.
    """
    check_polars_answers()
    ids = server_ids(config)
    types = itertools.chain.from_iterable([name] * count for name, count in archetype_counts(config).items())
    draws = np.array([stream(config.seed, each, "", "metadata").random(_DRAWS_PER_SERVER) for each in ids])
    business_unit = _pick(config.fleet.business_unit, draws[:, 0])
    app = np.floor(draws[:, 3] * config.fleet.apps_per_business_unit).astype(np.int64)
    frame = pl.DataFrame(
        {
            "server_id": ids,
            "server_type": list(types),
            "business_unit": business_unit,
            "criticality": _pick(config.fleet.criticality, draws[:, 1]),
            "region": _pick(config.fleet.region, draws[:, 2]),
            "app_name": [f"{unit}-app-{index}" for unit, index in zip(business_unit, app, strict=True)],
        }
    )
    by_type = frame.partition_by("server_type", maintain_order=True)
    return pl.concat([servers.sort("server_id") for servers in by_type])


def server_frame(config: Config) -> pl.DataFrame:
    """Return the server frame with what each server is given once by the layers.

    Args:
        config: a valid configuration.

    Returns:
        The columns of `fleet_frame`, clock, and those of server offset, growth, profile, life and spread where they are
        on.
    """
    fleet = fleet_frame(config)
    ids, archetypes = fleet["server_id"].to_list(), fleet["server_type"].to_list()
    lasting = {
        **offsets(config, ids),
        **growth_rates(config, ids, archetypes),
        **profile_servers(config, ids, archetypes),
        **lives(config, ids),
        **spread_servers(config, ids, archetypes),
    }
    return fleet.with_columns(
        clock_column(config, fleet["region"].to_list()), **{name: pl.Series(values) for name, values in lasting.items()}
    )


def _pick(weights: Mapping[str, float], draws: np.ndarray) -> list[str]:
    """Choose a label for each uniform draw, with chances in proportion to the weights."""
    labels = [label for label, weight in weights.items() if weight > 0]
    bounds = list(itertools.accumulate(weights[label] for label in labels))
    positions = np.searchsorted(np.array(bounds[:-1]) / bounds[-1], draws, side="right")
    return [labels[position] for position in positions]

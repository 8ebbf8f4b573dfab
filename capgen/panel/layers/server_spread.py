"""Spread: a parameter of an archetype that each server has a value of its own of, drawn once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.dynamics import MOST_STICKINESS
from capgen.config.model import Archetype
from capgen.draws.arrays import Floats
from capgen.draws.once import lasting_normals, lognormal

BUSINESS_HOURS, WEEKEND = "business_hours_factor", "weekend_factor"
GROWTH = "growth_percent_per_month"
SPIKE_PROBABILITY, SPIKE_MAGNITUDE = "spike.probability", "spike.magnitude"
OFFICE_FLAG, WEEKEND_FLAG = "flag.business_hours", "flag.weekend"
_HIGHEST = {SPIKE_PROBABILITY: 1.0}
_MAY_BE_NEGATIVE = {GROWTH}
_STATES, _STICKINESS = "regimes.states.", ".stickiness"


def spread_column(path: str) -> str:
    """Return the name of the server frame's column that holds the servers' own values of a parameter."""
    return f"own.{path}"


def spread_servers(config: Config, server_ids: Sequence[str], archetypes: Sequence[str]) -> dict[str, Floats]:
    """Return the servers' own values of the parameters that differ, by column.

    Args:
        config: a valid configuration.
        server_ids: the servers.
        archetypes: theirs.

    """
    paths = dict.fromkeys(path for each in config.archetypes.values() for path in each.spread)
    return {spread_column(path): own_values(config, path, server_ids, archetypes) for path in paths}


def own_values(config: Config, path: str, server_ids: Sequence[str], archetypes: Sequence[str]) -> Floats:
    """Return the servers' own values of one parameter; their archetype's where it has no such spread, 0 without one.

    Args:
        config: a valid configuration.
        path: of the parameter.
        server_ids: the servers.
        archetypes: theirs.
    """
    (normals,) = lasting_normals(config.seed, server_ids, f"spread {path}", 1)
    values = np.empty(len(server_ids))
    for name, archetype in config.archetypes.items():
        here, spread = np.array(archetypes) == name, archetype.spread.get(path)
        usual = parameter(archetype, path) if spread or not path.startswith(_STATES) else 0.0
        if spread is None:
            values[here] = usual
        elif spread.kind == "lognormal":
            values[here] = usual * lognormal(normals[here], spread.sd)
        else:
            values[here] = usual + spread.sd * normals[here]
    lowest = -np.inf if path in _MAY_BE_NEGATIVE else 0.0
    return np.clip(values, lowest, MOST_STICKINESS if path.endswith(_STICKINESS) else _HIGHEST.get(path, np.inf))


def parameter(archetype: Archetype, path: str) -> float:
    """Return a parameter of an archetype.

    Args:
        archetype: any.
        path: such as `base.cpu` or `weekend_factor`.
    """
    value: object = archetype
    for name in path.split("."):
        value = value[name] if isinstance(value, Mapping) else getattr(value, name)
    assert isinstance(value, (int, float))
    return value


def of_server(archetype: Archetype, path: str, lasting: Mapping[str, Floats]) -> Floats | float:
    """Return a parameter: the servers' own values of it, where they differ.

    Args:
        archetype: of the servers.
        path: such as `sd.cpu`.
        lasting: what the servers were given once, by column, each of shape (servers, 1).
    """
    return lasting[spread_column(path)] if path in archetype.spread else parameter(archetype, path)


def spread_dates(archetype: Archetype) -> Iterator[pl.Expr]:
    """Yield the flags that a factor of the servers' own holds on, over the columns of the calendar.

    Args:
        archetype: any.
    """
    if BUSINESS_HOURS in archetype.spread:
        yield pl.col("is_business_hour").cast(pl.Float64).alias(OFFICE_FLAG)
    if WEEKEND in archetype.spread:
        yield pl.col("is_weekend").cast(pl.Float64).alias(WEEKEND_FLAG)

"""Profiles: factors of the hours and the weekdays, which servers follow more or less, or twelve hours later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.model import Archetype
from capgen.draws.arrays import Floats
from capgen.draws.once import lasting_normals, lognormal
from capgen.draws.streams import stream

STRENGTH_COLUMN, NIGHT_COLUMN = "profile.strength", "profile.is_night"
DAY_HOURS, NIGHT_HOURS, WEEKDAYS = "profile.day", "profile.night", "profile.weekday"
_HALF_A_DAY = 12


def profile_servers(config: Config, server_ids: Sequence[str], archetypes: Sequence[str]) -> dict[str, Floats]:
    """Return how strongly each server follows its archetype's profile (0: not at all), and whether at night.

    Args:
        config: a valid configuration.
        server_ids: the servers.
        archetypes: theirs.
    """
    if not any(archetype.profile for archetype in config.archetypes.values()):
        return {}
    (normals,) = lasting_normals(config.seed, server_ids, "profile strength", 1)
    kinds = np.array([stream(config.seed, each, "", "profile kind").random() for each in server_ids])
    strength, night = np.ones(len(server_ids)), np.zeros(len(server_ids))
    for name, archetype in config.archetypes.items():
        if archetype.profile:
            here, spread = np.array(archetypes) == name, archetype.profile.spread
            strength[here] = lognormal(normals[here], spread.strength_sd)
            strength[here & (kinds < spread.flat_share)] = 0.0
            night[here & (kinds >= 1 - spread.night_share)] = 1.0
    return {STRENGTH_COLUMN: strength, NIGHT_COLUMN: night}


def profile_dates(archetype: Archetype) -> Iterator[pl.Expr]:
    """Yield the factors of an archetype's profile, over the columns of the calendar.

    Args:
        archetype: any.
    """
    if archetype.profile:
        hours, weekdays = archetype.profile.hours, archetype.profile.weekdays
        late = [hours[(hour - _HALF_A_DAY) % len(hours)] for hour in range(len(hours))]
        yield pl.lit(pl.Series(hours)).gather(pl.col("local_hour")).alias(DAY_HOURS)
        yield pl.lit(pl.Series(late)).gather(pl.col("local_hour")).alias(NIGHT_HOURS)
        yield pl.lit(pl.Series(weekdays)).gather(pl.col("local_weekday")).alias(WEEKDAYS)


def profile_factor(weight: float, strengths: Floats, more: Floats) -> Floats:
    """Return the factor that servers take: 1 + weight × strength × (factor − 1), never below 0.

    Args:
        weight: the metric's response.
        strengths: shape (servers, 1).
        more: the factors, less 1, shape (steps,) or (servers, steps).
    """
    factors = weight * strengths * more
    factors += 1
    return np.maximum(factors, 0.0, out=factors)

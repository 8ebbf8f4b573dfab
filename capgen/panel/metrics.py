"""The model of a metric: its mean as Polars expressions over the calendar, its value as arithmetic on noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.model import Archetype, Derived
from capgen.draws.arrays import Flags, Floats
from capgen.panel.layers.annual_season import season_column
from capgen.panel.layers.server_growth import has_own_growth


def mean_column(key: str) -> str:
    """Return the name of the column that carries a metric's mean."""
    return f"mean.{key}"


def neutral_factors(config: Config) -> dict[str, list[pl.Expr]]:
    """Return, for each factor, the calendar columns that `mean_expressions` reads it from, where it does nothing.

    Args:
        config: a valid configuration.

    Returns:
        Expressions to replace columns of the calendar with, by the factor's name: with those of one factor replaced,
        the means are those of a panel in which this one factor is 1 everywhere.
    """
    seasons = config.layers.annual_season
    neutral = {
        "business_hours": [pl.lit(False).alias("is_business_hour")],
        "weekend": [pl.lit(0, pl.Int8).alias("is_weekend")],
        "eoq": [pl.lit(1.0).alias("eoq_factor")],
        "holiday": [pl.lit(1.0).alias("holiday_factor")],
        "growth": [pl.lit(0.0).alias("growth_time")],
    }
    return neutral | ({"season": [pl.lit(1.0).alias(season_column(key)) for key in seasons]} if seasons else {})


def mean_expressions(config: Config, archetype: Archetype) -> Iterator[pl.Expr]:
    """Yield the mean of each drawn metric as far as all servers of an archetype share it, over the calendar's columns.

    base × Π (1 + w·(factor − 1)) × season × (1 + w·growth), factors in the order business hours, weekend, end of
    quarter, holiday. A response w of 0 leaves its factor out: multiplying by 1 changes no bit. A profile, and what is
    the servers' own, are left out: `capgen.panel.means` lays them on server by server.

    Args:
        config: a valid configuration.
        archetype: one of its archetypes.

    Yields:
        One expression a metric, named by `mean_column`.
    """
    factors = {
        "business_hours": pl.when(pl.col("is_business_hour")).then(archetype.business_hours_factor).otherwise(1.0),
        "weekend": pl.when(pl.col("is_weekend") == 1).then(archetype.weekend_factor).otherwise(1.0),
        "eoq": pl.col("eoq_factor"),
        "holiday": pl.col("holiday_factor"),
    }
    own = _own_factors(archetype)
    growth = archetype.growth_percent_per_month / 100 * pl.col("growth_time")
    for key in config.drawn_metrics:
        response = config.metrics[key].response
        mean = pl.lit(1.0 if f"base.{key}" in archetype.spread else archetype.base[key])
        for name, factor in factors.items():
            weight = getattr(response, name)
            if weight and name not in own:
                mean = mean * (1 + weight * (factor - 1))
        if key in (config.layers.annual_season or {}):
            mean = mean * pl.col(season_column(key))
        if response.growth and not has_own_growth(config, archetype):
            mean = mean * (1 + response.growth * growth)
        yield mean.alias(mean_column(key))


def _own_factors(archetype: Archetype) -> set[str]:
    if archetype.profile:
        return {"business_hours", "weekend"}
    return {name for name in ("business_hours", "weekend") if f"{name}_factor" in archetype.spread}


def multiply_spikes(config: Config, of_key: Mapping[str, Floats], magnitude: Floats | float, spikes: Flags) -> None:
    """Multiply the metrics that take a share in spikes, in place: × magnitude × share.

    Args:
        config: a valid configuration.
        of_key: values by metric, shape (servers, steps).
        magnitude: of the spikes; one of all servers, or shape (servers, 1).
        spikes: where they fall, shape (servers, steps).
    """
    for key, cell in of_key.items():
        share = config.metrics[key].spike_share
        if share is not None:
            np.multiply(cell, magnitude, out=cell, where=spikes)
            np.multiply(cell, share, out=cell, where=spikes)


def derive(config: Config, of_key: Mapping[str, Floats]) -> None:
    """Work out the derived metrics, in place: factor × the other metric before its clip.

    Args:
        config: a valid configuration.
        of_key: values by metric; those of derived ones are overwritten.
    """
    for key, derived in _derived(config, list(of_key)):
        np.multiply(of_key[derived.source], derived.factor, out=of_key[key])


def finish(config: Config, of_key: Mapping[str, Floats]) -> None:
    """Clip and round, in place. A zero is never negative: machines clip those differently.

    Args:
        config: a valid configuration.
        of_key: values by metric.
    """
    for key, cell in of_key.items():
        np.clip(cell, *config.metrics[key].clip, out=cell)
        np.round(cell, config.decimals, out=cell)
        cell += 0.0  # makes 0 of −0


def metrics_needed(config: Config, wanted: Sequence[str]) -> list[str]:
    """Return the metrics that some columns need.

    Noise of one drawn metric is a sum over the draws of those before it, so all up to the last one are needed.

    Args:
        config: a valid configuration.
        wanted: columns to make; those that are no metrics need none.

    Returns:
        Keys: a leading part of the drawn metrics, then the derived ones among the wanted.
    """
    asked = [key for key, metric in config.metrics.items() if metric.column in wanted]
    derived = dict(_derived(config, asked))
    drawn = config.drawn_metrics
    last = max((drawn.index(derived[key].source if key in derived else key) for key in asked), default=-1)
    return [*drawn[: last + 1], *derived]


def spikes_needed(config: Config, keys: Sequence[str]) -> bool:
    """Tell whether a spike can change one of some metrics.

    Args:
        config: a valid configuration.
        keys: metrics, from `metrics_needed`.
    """
    return any(config.metrics[key].spike_share is not None for key in keys)


def _derived(config: Config, keys: Sequence[str]) -> Iterator[tuple[str, Derived]]:
    for key in keys:
        derived = config.metrics[key].derived
        if derived:
            yield key, derived

"""The model of a metric: its mean as Polars expressions over the calendar, its value as arithmetic on noise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from capgen.config import Config
from capgen.config.model import Archetype, Derived
from capgen.panel.noise import Flags, Floats


def mean_column(key: str) -> str:
    """Return the name of the column that carries a metric's mean."""
    return f"mean.{key}"


def neutral_factors() -> dict[str, pl.Expr]:
    """Return, for each factor, the calendar column that `mean_expressions` reads it from, where it does nothing.

    Returns:
        Expressions to replace a column of the calendar with, by the factor's name: with one of them replaced, the
        means are those of a panel in which this one factor is 1 everywhere.
    """
    return {
        "business_hours": pl.lit(False).alias("is_business_hour"),
        "weekend": pl.lit(0, pl.Int8).alias("is_weekend"),
        "eoq": pl.lit(1.0).alias("eoq_factor"),
        "holiday": pl.lit(1.0).alias("holiday_factor"),
        "growth": pl.lit(0.0).alias("growth_time"),
    }


def mean_expressions(config: Config, archetype: Archetype) -> Iterator[pl.Expr]:
    """Yield the mean of each drawn metric, over the columns of the calendar.

    base × Π (1 + w·(factor − 1)) × (1 + w·growth), factors in the order business hours, weekend, end of
    quarter, holiday. A response w of 0 leaves its factor out: multiplying by 1 changes no bit.

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
    growth = archetype.growth_percent_per_month / 100 * pl.col("growth_time")
    for key in config.drawn_metrics:
        response = config.metrics[key].response
        mean = pl.lit(archetype.base[key])
        for name, factor in factors.items():
            weight = getattr(response, name)
            if weight:
                mean = mean * (1 + weight * (factor - 1))
        if response.growth:
            mean = mean * (1 + response.growth * growth)
        yield mean.alias(mean_column(key))


def work_out_values(
    config: Config,
    archetype: Archetype,
    keys: Sequence[str],
    cells: Floats,
    means: Sequence[Floats],
    spikes: Flags | None,
) -> None:
    """Turn noise into values, in place.

    round(clip(spiked)), where spiked = (mean + sd × noise) × magnitude × share on a spike. A derived metric
    takes a multiple of the other metric's spiked value.

    Args:
        config: a valid configuration.
        archetype: one of its archetypes.
        keys: the metrics, from `metrics_needed`.
        cells: noise of the drawn metrics, and room for the derived ones, in the order of the keys; shape
            (metrics, servers, steps). Values afterwards.
        means: of each drawn metric, one for each step.
        spikes: where a spike falls, shape (servers, steps); None where no metric takes a share in it.
    """
    of_key = dict(zip(keys, cells, strict=True))
    for key, mean in zip(keys, means, strict=False):
        cell, share = of_key[key], config.metrics[key].spike_share
        cell *= archetype.sd[key]
        cell += mean
        if spikes is not None and share is not None:
            np.multiply(cell, archetype.spike.magnitude, out=cell, where=spikes)
            np.multiply(cell, share, out=cell, where=spikes)
    for key, derived in _derived(config, keys):
        np.multiply(of_key[derived.source], derived.factor, out=of_key[key])
    for key, cell in of_key.items():
        np.clip(cell, *config.metrics[key].clip, out=cell)
        np.round(cell, config.decimals, out=cell)


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

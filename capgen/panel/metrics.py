"""The value of a cell, as Polars expressions."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from capgen.config import Config
from capgen.config.model import Archetype, Metric

SPIKE = "spike"


def noise_column(key: str) -> str:
    """Return the name of the column that carries a metric's noise."""
    return f"noise.{key}"


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


def value_expressions(config: Config, archetype: Archetype) -> Iterator[pl.Expr]:
    """Yield the value of each metric, over the mean, noise and spike columns.

    round(clip(spiked)), where spiked = (mean + sd × noise) × magnitude × share on a spike. A derived metric
    takes a multiple of the other metric's spiked value.

    Args:
        config: a valid configuration.
        archetype: one of its archetypes.

    Yields:
        One expression a metric, named as its column, in the configuration's order.
    """
    spiked = {key: _spiked(key, config.metrics[key], archetype) for key in config.drawn_metrics}
    for key, metric in config.metrics.items():
        value = spiked[metric.derived.source] * metric.derived.factor if metric.derived else spiked[key]
        yield value.clip(*metric.clip).round(config.decimals).alias(metric.column)


def _spiked(key: str, metric: Metric, archetype: Archetype) -> pl.Expr:
    raw = pl.col(mean_column(key)) + pl.col(noise_column(key)) * archetype.sd[key]
    if metric.spike_share is None:
        return raw
    return pl.when(pl.col(SPIKE)).then(raw * archetype.spike.magnitude * metric.spike_share).otherwise(raw)

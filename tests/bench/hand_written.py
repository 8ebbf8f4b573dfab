"""The numbers of the model, as a table that a panel can be written by hand from."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from capgen.config import Config, load_config
from capgen.config.archetype import Archetype
from capgen.draws.arrays import Floats
from capgen.draws.cholesky import cholesky
from capgen.draws.correlation import correlation_matrix
from capgen.panel.calendar import holiday_dates
from capgen.panel.fleet import archetype_counts


def load_holidays() -> None:
    """Have the holidays library import its countries, which it does when first asked."""
    holiday_dates(load_config())


def archetype_rows(config: Config) -> list[dict[str, Any]]:
    """Return one row an archetype: servers, levels, factors, and the noise's Cholesky factor."""
    rows = []
    first = config.fleet.first_index
    for name, servers in archetype_counts(config).items():
        archetype = config.archetypes[name]
        place = {"server_type": name, "first_server": first, "stop_server": first + servers}
        rows.append(
            place | _character(archetype) | _levels(config, archetype) | _weights(config, archetype)
        )
        first += servers
    return rows


def noise_factor(config: Config, archetype: Archetype) -> Floats:
    """Return the Cholesky factor of an archetype's noise."""
    pairs = archetype.correlation
    keys = config.drawn_metrics
    return cholesky(correlation_matrix(pairs, keys, repair=config.repair_correlation))


def metric_limits(config: Config) -> dict[str, float]:
    """Return the clip of each metric, as `lowest_…` and `highest_…`."""
    lowest = {f"lowest_{key}": metric.clip[0] for key, metric in config.metrics.items()}
    return lowest | {f"highest_{key}": metric.clip[1] for key, metric in config.metrics.items()}


def net_out_factor(config: Config) -> float:
    """Return what the network's incoming rate is multiplied with to give the outgoing one."""
    derived = config.metrics["net_out"].derived
    assert derived is not None
    return derived.factor


def window(config: Config) -> tuple[datetime, datetime]:
    """Return the first timestamp, and the one after the last."""
    midnight = time()
    return (
        datetime.combine(config.start_date, midnight),
        datetime.combine(config.end_date + timedelta(days=1), midnight),
    )


def steps(config: Config) -> int:
    """Return how many timestamps there are."""
    first, stop = window(config)
    return (stop - first) // timedelta(minutes=config.step_minutes)


def holiday_factor(config: Config, day: date) -> float:
    """Return the factor of a day; the first rule that matches holds."""
    for rule in config.calendar.holiday_factors:
        if rule.month == day.month and rule.first_day <= day.day <= rule.last_day:
            return rule.factor
    return 1.0


def _character(archetype: Archetype) -> dict[str, float]:
    return {
        "business_hours_factor": archetype.business_hours_factor,
        "weekend_factor": archetype.weekend_factor,
        "growth_rate": archetype.growth_percent_per_month / 100,
        "spike_probability": archetype.spike.probability,
    }


def _levels(config: Config, archetype: Archetype) -> dict[str, float]:
    levels = {}
    for key in config.drawn_metrics:
        share = config.metrics[key].spike_share
        levels[f"base_{key}"] = archetype.base[key]
        levels[f"sd_{key}"] = archetype.sd[key]
        levels[f"spike_{key}"] = 1.0 if share is None else archetype.spike.magnitude * share
    return levels


def _weights(config: Config, archetype: Archetype) -> dict[str, float]:
    """Return the lower triangle of the Cholesky factor: `weight_2_1` is in row 2 and column 1."""
    factor = noise_factor(config, archetype)
    lower = zip(*np.tril_indices(len(factor)), strict=True)
    return {f"weight_{row + 1}_{column + 1}": float(factor[row, column]) for row, column in lower}

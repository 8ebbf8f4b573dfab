"""The same panel row by row: the loop that many write, a dictionary a row, one draw at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from capgen.config import Config, load_config
from capgen.config.archetype import Archetype
from capgen.draws.arrays import Floats
from capgen.panel.calendar import holiday_dates
from tests.bench.hand_written import (
    archetype_rows,
    holiday_factor,
    load_holidays,
    net_out_factor,
    noise_factor,
    steps,
    window,
)

prepare = load_holidays

Row = dict[str, Any]


def run(folder: Path, overrides: dict[str, Any]) -> None:
    """Write the panel."""
    config = load_config(overrides=overrides)
    generator = np.random.default_rng(config.seed)
    holidays = set(holiday_dates(config))
    rows: list[Row] = []
    for of_type in archetype_rows(config):
        for number in range(of_type["first_server"], of_type["stop_server"]):
            server = server_columns(config, of_type["server_type"], number, generator)
            rows += server_rows(config, server, holidays, generator)
    pl.DataFrame(rows).write_parquet(folder / "panel.parquet")


def server_rows(
    config: Config, server: Row, holidays: set[date], generator: np.random.Generator
) -> Iterator[Row]:
    """Yield the rows of one server."""
    archetype = config.archetypes[server["server_type"]]
    first, _ = window(config)
    factor = noise_factor(config, archetype)
    step = timedelta(minutes=config.step_minutes)
    for position in range(steps(config)):
        dates = date_columns(first + position * step, holidays)
        means = mean_values(config, archetype, dates["timestamp"], position / steps(config))
        noise = factor @ generator.standard_normal(len(factor))
        spike = generator.random() < archetype.spike.probability
        yield server | dates | metric_columns(config, archetype, means, noise, spike)


def server_columns(
    config: Config, server_type: str, number: int, generator: np.random.Generator
) -> Row:
    """Return what a server's rows share."""
    fleet = config.fleet
    business_unit = str(generator.choice(list(fleet.business_unit)))
    return {
        "server_id": fleet.server_id_format.format(index=number),
        "server_type": server_type,
        "business_unit": business_unit,
        "criticality": str(generator.choice(list(fleet.criticality))),
        "region": str(generator.choice(list(fleet.region))),
        "app_name": f"{business_unit}-app-{generator.integers(fleet.apps_per_business_unit)}",
    }


def date_columns(timestamp: datetime, holidays: set[date]) -> Row:
    """Return what a timestamp's rows share."""
    return {
        "timestamp": timestamp,
        "year": timestamp.year,
        "month": timestamp.month,
        "quarter": (timestamp.month + 2) // 3,
        "dayofweek": timestamp.weekday(),
        "is_weekend": int(timestamp.weekday() >= 5),
        "is_eoq": int(timestamp.month % 3 == 0 and days_left(timestamp) == 0),
        "is_holiday": int(timestamp.date() in holidays),
    }


def days_left(timestamp: datetime) -> int:
    """Return how many days of the month follow."""
    next_month = (timestamp.replace(day=1) + timedelta(days=31)).replace(day=1)
    return (next_month.date() - timestamp.date()).days - 1


def mean_values(
    config: Config, archetype: Archetype, timestamp: datetime, growth_time: float
) -> list[float]:
    """Return the mean of each drawn metric."""
    eoq = config.calendar.eoq
    hours = config.calendar.business_hours
    season = holiday_factor(config, timestamp.date())
    if hours.first_hour <= timestamp.hour <= hours.last_hour:
        season *= archetype.business_hours_factor
    if timestamp.weekday() >= 5:
        season *= archetype.weekend_factor
    if timestamp.month in eoq.months and days_left(timestamp) < eoq.window_days:
        season *= 1 + eoq.peak * (eoq.window_days - days_left(timestamp)) / eoq.window_days
    growth = 1 + archetype.growth_percent_per_month / 100 * growth_time
    effects = {"cpu": season * growth, "mem": season * growth, "disk": growth, "net_in": season}
    return [archetype.base[key] * effects[key] for key in config.drawn_metrics]


def metric_columns(
    config: Config, archetype: Archetype, means: list[float], noise: Floats, spike: bool
) -> Row:
    """Return the metrics of one row."""
    spiked = {}
    for key, mean, drawn in zip(config.drawn_metrics, means, noise, strict=True):
        share = config.metrics[key].spike_share
        magnitude = archetype.spike.magnitude * share if spike and share is not None else 1.0
        spiked[key] = (mean + archetype.sd[key] * drawn) * magnitude
    spiked["net_out"] = net_out_factor(config) * spiked["net_in"]
    return {
        metric.column: round(float(np.clip(spiked[key], *metric.clip)), config.decimals)
        for key, metric in config.metrics.items()
    }

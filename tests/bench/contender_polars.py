"""The same panel by hand in Polars and NumPy: in memory, one generator, an expression a column."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from capgen.config import Config, load_config
from capgen.panel.calendar import holiday_dates
from tests.bench.hand_written import (
    archetype_rows,
    holiday_factor,
    load_holidays,
    metric_limits,
    net_out_factor,
    noise_factor,
    steps,
    window,
)

prepare = load_holidays

BEFORE_METRICS = ["timestamp", "server_id"]
AFTER_METRICS = ["server_type", "business_unit", "criticality", "region", "app_name"]
OF_DATES = ["year", "month", "quarter", "dayofweek", "is_weekend", "is_eoq", "is_holiday"]


def run(folder: Path, overrides: dict[str, Any]) -> None:
    """Write the panel."""
    config = load_config(overrides=overrides)
    generator = np.random.default_rng(config.seed)
    servers = server_frame(config, generator)
    dates = date_frame(config)
    cells = servers.lazy().join(dates.lazy(), how="cross", maintain_order="left_right")
    values = (
        cells.with_columns(noise(config, generator))
        .with_columns(season=season())
        .with_columns(spiked())
    )
    panel = values.select(*BEFORE_METRICS, *rounded(config), *AFTER_METRICS, *OF_DATES).collect()
    for (year, server_type), part in panel.partition_by(
        "year", "server_type", as_dict=True
    ).items():
        path = folder / f"year={year}" / f"server_type={server_type}" / "part.parquet"
        part.drop("year", "server_type").write_parquet(path, mkdir=True)


def server_frame(config: Config, generator: np.random.Generator) -> pl.DataFrame:
    """Return one row a server, with the numbers of its archetype."""
    archetypes = pl.DataFrame(archetype_rows(config))
    fleet = archetypes.with_columns(index=pl.int_ranges("first_server", "stop_server")).explode(
        "index"
    )
    return fleet.with_columns(
        pl.Series(
            "server_id",
            [config.fleet.server_id_format.format(index=index) for index in fleet["index"]],
        ),
        pl.Series("business_unit", generator.choice(list(config.fleet.business_unit), len(fleet))),
        pl.Series("criticality", generator.choice(list(config.fleet.criticality), len(fleet))),
        pl.Series("region", generator.choice(list(config.fleet.region), len(fleet))),
        pl.Series("app", generator.integers(config.fleet.apps_per_business_unit, size=len(fleet))),
    ).with_columns(app_name=pl.format("{}-app-{}", "business_unit", "app"))


def date_frame(config: Config) -> pl.DataFrame:
    """Return one row a timestamp, with its flags and factors."""
    stamp = pl.col("timestamp")
    step = timedelta(minutes=config.step_minutes)
    first, stop = window(config)
    stamps = pl.datetime_range(first, stop, step, closed="left", time_unit="us", eager=True).alias(
        "timestamp"
    )
    eoq = config.calendar.eoq
    hours = config.calendar.business_hours
    days_left = (stamp.dt.month_end().dt.date() - stamp.dt.date()).dt.total_days()
    in_ramp = stamp.dt.month().is_in(list(eoq.months)) & (days_left < eoq.window_days)
    ramp = 1 + eoq.peak * (eoq.window_days - days_left) / eoq.window_days
    return stamps.to_frame().with_columns(
        year=stamp.dt.year(),
        month=stamp.dt.month(),
        quarter=stamp.dt.quarter(),
        dayofweek=stamp.dt.weekday() - 1,
        is_weekend=(stamp.dt.weekday() >= 6).cast(pl.Int8),
        is_eoq=((stamp.dt.month() % 3 == 0) & (days_left == 0)).cast(pl.Int8),
        is_holiday=stamp.dt.date().is_in(holiday_dates(config)).cast(pl.Int8),
        is_business_hour=stamp.dt.hour().is_between(hours.first_hour, hours.last_hour),
        eoq_factor=pl.when(in_ramp).then(ramp).otherwise(1.0),
        holiday_factor=pl.Series([holiday_factor(config, day) for day in stamps.dt.date()]),
        growth_time=pl.Series(np.arange(steps(config)) / steps(config)),
    )


def noise(config: Config, generator: np.random.Generator) -> list[pl.Series]:
    """Return the correlated noise of each metric, and where spikes fall, archetype by archetype."""
    keys = config.drawn_metrics
    noises = []
    spikes = []
    for row in archetype_rows(config):
        archetype = config.archetypes[row["server_type"]]
        rows = (row["stop_server"] - row["first_server"]) * steps(config)
        noises.append(
            generator.standard_normal((rows, len(keys))) @ noise_factor(config, archetype).T
        )
        spikes.append(generator.random(rows) < archetype.spike.probability)
    columns = np.concatenate(noises).T
    named = [pl.Series(f"noise_{key}", column) for key, column in zip(keys, columns, strict=True)]
    return [*named, pl.Series("is_spike", np.concatenate(spikes))]


def season() -> pl.Expr:
    """Return the product of the factors that cpu, memory and network take whole."""
    business_hours = pl.when("is_business_hour").then("business_hours_factor").otherwise(1.0)
    weekend = pl.when(pl.col("is_weekend") == 1).then("weekend_factor").otherwise(1.0)
    return business_hours * weekend * pl.col("eoq_factor") * pl.col("holiday_factor")


def spiked() -> Iterator[pl.Expr]:
    """Yield the metrics before their clips."""
    season = pl.col("season")
    growth = 1 + pl.col("growth_rate") * pl.col("growth_time")
    effects = {"cpu": season * growth, "mem": season * growth, "disk": growth, "net_in": season}
    for key, effect in effects.items():
        raw = pl.col(f"base_{key}") * effect + pl.col(f"sd_{key}") * pl.col(f"noise_{key}")
        yield (raw * pl.when("is_spike").then(f"spike_{key}").otherwise(1.0)).alias(key)


def rounded(config: Config) -> Iterator[pl.Expr]:
    """Yield the metric columns."""
    limits = metric_limits(config)
    net_out = net_out_factor(config) * pl.col("net_in")
    for key, metric in config.metrics.items():
        value = net_out if metric.derived else pl.col(key)
        clipped = value.clip(limits[f"lowest_{key}"], limits[f"highest_{key}"])
        yield clipped.round(config.decimals).alias(metric.column)

"""Nixtla's synforecast: as many values, by the generator of its own that comes nearest to ours.

Each metric of each server is a series: a level, a sine of a day, normal noise. There are no labels
and calendar, metrics do not move together, and nothing is clipped or rounded. It needs
`synforecast`.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from capgen.config import Config, load_config
from capgen.timeline.epoch import MINUTES_PER_DAY
from tests.bench.hand_written import archetype_rows, net_out_factor, steps

KEYS = ["server", "timestamp"]


def prepare() -> None:
    """Import the generators."""
    import_module("synforecast.generators")


def run(folder: Path, overrides: dict[str, Any]) -> None:
    """Write the series: a file for each type of server, a row for each server and time."""
    config = load_config(overrides=overrides)
    for row in archetype_rows(config):
        values = pl.concat(_metrics(config, row), how="horizontal")
        net_out = (net_out_factor(config) * pl.col("net_in")).alias("net_out")
        values.with_columns(net_out).write_parquet(folder / f"{row['server_type']}.parquet")


def _metrics(config: Config, row: dict[str, Any]) -> Iterator[pl.DataFrame]:
    """Yield the series of a metric of all servers of a type; with the first one their keys."""
    servers = row["stop_server"] - row["first_server"]
    for key in config.drawn_metrics:
        generator = _generator(config, row, key)
        series = generator.generate(n_series=servers, start_id=row["first_server"])
        yield series.drop([] if key == config.drawn_metrics[0] else KEYS)


def _generator(config: Config, row: dict[str, Any], key: str) -> Any:
    length = steps(config)
    level = row[f"base_{key}"]
    return import_module("synforecast.generators").SeasonalGenerator(
        min_length=length,
        max_length=length,
        freq=f"{config.step_minutes}min",
        start_datetime=str(config.start_date),
        engine="polars",
        id_col=KEYS[0],
        time_col=KEYS[1],
        target_col=key,
        seasonality_period=max(1, MINUTES_PER_DAY // config.step_minutes),
        seasonality_amplitude=level * (row["business_hours_factor"] - 1) / 2,
        noise_level=row[f"sd_{key}"],
        base_level=level,
        seed=config.seed,
    )

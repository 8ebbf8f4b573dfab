"""Nixtla's synforecast: a series like each metric of each server, from a process that it fits.

The panel whose series it takes is made before the time counts. It needs `synforecast`.
"""

from __future__ import annotations

import time
from importlib import import_module
from pathlib import Path
from typing import Any

import polars as pl

from capgen import scan
from capgen.config import load_config
from tests.bench.measuring import Measured


def prepare() -> None:
    """Import the library."""
    import_module("synforecast")


def run(folder: Path, overrides: dict[str, Any]) -> Measured:
    """Write the series: a row for each server and time."""
    config = load_config(overrides=overrides)
    keys = {"unique_id": pl.col("server_id"), "ds": pl.col("timestamp")}
    columns = [metric.column for metric in config.metrics.values()]
    series = {column: scan(config).select(**keys, y=column).collect() for column in columns}
    wall = time.perf_counter()
    processor = time.process_time()
    augment = import_module("synforecast").SynAugment(seed=config.seed, on_error="ar1").augment
    in_order = [pl.col("unique_id").cast(pl.String), pl.col("ds")]
    made = {
        column: augment(rows)[len(rows) :].sort(in_order)  # the panel's own come first
        for column, rows in series.items()
    }
    values = [rows["y"].alias(column) for column, rows in made.items()]
    panel = made[columns[0]].drop("y").with_columns(values)
    panel.write_parquet(folder / "panel.parquet")
    return {
        "processor_seconds": time.process_time() - processor,
        "wall_seconds": time.perf_counter() - wall,
    }

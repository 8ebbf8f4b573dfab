"""Panels of capgen's turned into telemetry: what a good fleet's exports would give."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

import capgen
from capgen import Config, load_config
from capgen.dataset.metric_column import metric_columns
from tests.telemetry_datasets import write_telemetry

LABELS = ("server_type", "business_unit", "region")
WINDOW = {"granularity": "hourly", "start_date": "2024-01-01", "end_date": "2024-01-28"}


def panel_of(preset: str = "default", **changed: Any) -> Config:
    """Return a small panel of a shipped preset."""
    overrides = {**WINDOW, "num_servers": 24, **changed}
    return load_config(preset=preset, overrides=overrides, environment={})


def rows_of(config: Config) -> pl.DataFrame:
    """Return what a monitoring system would have exported of a panel."""
    names = [metric.column for metric in config.metrics.values()]
    wanted = ["timestamp", "server_id", *LABELS, *names]
    return capgen.scan(config).select(wanted).collect().sort("server_id", "timestamp")


def write_panel(folder: Path, rows: pl.DataFrame, config: Config) -> Path:
    """Write rows of a panel as telemetry, and return the folder."""
    return write_telemetry(
        folder, rows, metric_columns(config), granularity=config.granularity, labels=LABELS
    )

"""Files of forecasts, for tests of what scores them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl

from capgen import scan

START = datetime(2024, 1, 22)  # the first step that is not known
PANEL = {
    "num_servers": 5,
    "start_date": "2024-01-01",
    "end_date": "2024-02-02",
    "granularity": "hourly",
}
METRICS = {"cpu": "cpu_p95", "net_in": "net_in_p95"}


def actuals(data: Path) -> pl.DataFrame:
    """Return what happened in the long shape, the past too."""
    rows = scan(data).select("server_id", "server_type", "timestamp", *METRICS.values())
    by_name = {column: name for name, column in METRICS.items()}
    return (
        rows.rename(by_name)
        .unpivot(index=["server_id", "server_type", "timestamp"], variable_name="metric")
        .sort("metric", "server_id", "timestamp")
        .collect()
    )


def forecasts(data: Path) -> pl.DataFrame:
    """Return forecasts of two models, one with quantiles, as chance has them."""
    rows = actuals(data).filter(pl.col("timestamp") >= START)
    noise = np.random.Generator(np.random.SFC64(1)).standard_normal((rows.height, 4))
    value = rows["value"].to_numpy()
    low = value - 4 + 5 * noise[:, 2]
    return rows.select("server_id", "timestamp", "metric").with_columns(
        pl.Series("Rough", value + 20 * noise[:, 0]),
        pl.Series("Near", value + 3 * noise[:, 1]),
        pl.Series("Near-lo-80", low),
        pl.Series("Near-hi-80", low + 8),
        pl.Series("Near-q0.5", np.clip(value + 3 * noise[:, 3], low, low + 8)),
    )

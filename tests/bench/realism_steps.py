"""What a preset is like at other steps: spread and memory of rows, and of their longer means.

Run `python -m tests.bench.realism_steps`. Prints a table in Markdown: medians over 60 servers ×
91 days of the `realistic` preset, without gaps, outliers and events.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from capgen import Config, load_config, scan
from capgen.timeline.epoch import MINUTES_PER_DAY, MINUTES_PER_HOUR
from tests.bench.realism_facts import HOURS_A_DAY, LAGS, Floats, autocorrelation, moments

WINDOW = {"start_date": "2024-06-01", "end_date": "2024-08-30", "num_servers": 60, "seed": 42}
METRICS = ("cpu", "mem", "net_in")


def clean_config(granularity: str) -> Config:
    """Return the preset without gaps, outliers and events."""
    overrides = {**WINDOW, "granularity": granularity}
    return load_config(preset="realistic", overrides=overrides, environment={}).clean_twin()


def values(config: Config, key: str) -> Floats:
    """Return a metric's values, shape (servers, steps)."""
    column = config.metrics[key].column
    panel = scan(config).select("server_id", "timestamp", column).collect()
    ordered = panel.sort("server_id", "timestamp")[column].cast(pl.Float64)
    return ordered.fill_null(np.nan).to_numpy().reshape(config.num_servers, -1)


def means(rows: Floats, steps: int) -> Floats:
    """Return the means of so many steps each."""
    averages: Floats = rows.reshape(len(rows), -1, steps).mean(axis=2)
    return averages


def facts(rows: Floats, step_minutes: int) -> Iterator[str]:
    """Yield the medians of the cv, and of the autocorrelation at each lag that the steps have."""
    mean, deviations, variance = moments(rows)
    yield f"{np.nanmedian(np.sqrt(variance) / mean):.2f}"
    for lag in LAGS:
        steps, rest = divmod(lag * MINUTES_PER_HOUR, step_minutes)
        if rest:
            yield ""
        else:
            yield f"{np.nanmedian(autocorrelation(deviations, variance, steps)):.2f}"


def panels(key: str) -> Iterator[tuple[str, Floats, int]]:
    """Yield rows and their means: a name, values of shape (servers, steps), minutes a step."""
    by_step = {step: values(clean_config(step), key) for step in ("hourly", "5min", "daily")}
    yield "hourly rows", by_step["hourly"], MINUTES_PER_HOUR
    yield "5min rows", by_step["5min"], 5
    yield "hourly means of 5min rows", means(by_step["5min"], 12), MINUTES_PER_HOUR
    yield "daily rows", by_step["daily"], MINUTES_PER_DAY
    yield "daily means of hourly rows", means(by_step["hourly"], HOURS_A_DAY), MINUTES_PER_DAY


def main() -> None:
    """Print the table."""
    print(f"| | cv | {' | '.join(f'{lag} h' for lag in LAGS)} |")
    print(f"| --- |{' --- |' * (len(LAGS) + 1)}")
    for key in METRICS:
        for name, rows, step_minutes in panels(key):
            print(f"| {key}: {name} | {' | '.join(facts(rows, step_minutes))} |")


if __name__ == "__main__":
    main()

"""Whether futures are calibrated, and what they cost beside a build.

Run `python -m tests.bench.futures`. Calibration: at 500 moments × servers the panel's own value has
a rank among 199 futures of its own, 1, 6, 24 and 168 steps ahead; the share of ranks below q is q
for each q, within its error (with what servers share at a moment). Cost: 200 futures of 100 servers
over four weeks of hours, beside a build that writes nothing, in processor time a row; and the
memory that both take.
"""

from __future__ import annotations

import math
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from capgen import Config, futures, load_config
from capgen.draws.arrays import Floats
from capgen.foresight.asked import asked_of
from capgen.foresight.pieces import futures_of
from capgen.layers.library.writing import library_bytes
from capgen.panel.cell.memory import Workspace
from capgen.panel.chunks import CHUNK_ROWS, cut, partitions
from capgen.panel.fleet import archetype_counts
from capgen.panel.frame import panel_of
from tests.bench.measuring import versions
from tests.everything import WITH_DYNAMICS
from tests.libraries import make_library
from tests.panels import merged

STEPS = (1, 6, 24, 168)
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
SERVERS = 20
MOMENTS = 25  # of 20 servers each
DRAWS = 199
YEAR = {"start_date": "2023-01-01", "end_date": "2025-03-31", "granularity": "hourly"}
FIRST = datetime(2023, 2, 3, 5)
BETWEEN = timedelta(hours=719)  # an hour earlier each time; over two New Years
COLUMNS = ("cpu_p95", "mem_p95", "disk_p95", "net_out_p95")


def fleets(folder: Path) -> Iterator[tuple[str, Config]]:
    """Yield the panels that are looked at."""
    for preset in ("default", "telemetry", "realistic"):
        window = {**YEAR, "num_servers": SERVERS, "growth": {"trend": "monthly"}}
        yield preset, load_config(preset=preset, overrides=window, environment={})
    file = folder / "fleet.library.parquet"
    file.write_bytes(library_bytes(make_library(SERVERS)))
    use = {"layers": {"library": {"file": str(file), "use": "twin"}}}
    window = {**YEAR, "num_servers": SERVERS, "growth": {"trend": "monthly"}}
    yield "library", load_config(overrides={**window, **use}, environment={})
    everything = merged(WITH_DYNAMICS, window)
    yield "every layer", load_config(overrides=everything, environment={})


def ranks(config: Config) -> dict[str, Floats]:
    """Return by column the ranks of the panel's values, shape (moments × servers, steps).

    From 0 to 1, and uniform where futures are calibrated: ties are broken by chance. NaN where the
    panel's value is missing.
    """
    random = np.random.Generator(np.random.SFC64(1))
    found: dict[str, list[Floats]] = {column: [] for column in COLUMNS}
    for number in range(MOMENTS):
        cells = cells_seen(config, FIRST + number * BETWEEN)
        for column in COLUMNS:
            values = cells[column].fill_null(float("nan")).to_numpy()
            values = values.reshape(SERVERS, len(STEPS), DRAWS + 1)
            found[column].append(ranks_of(values[..., :1], values[..., 1:], random))
    return {column: np.concatenate(each) for column, each in found.items()}


def cells_seen(config: Config, moment: datetime) -> pl.DataFrame:
    """Return what the panel and its futures show some steps after a moment."""
    seen = [moment + timedelta(hours=steps - 1) for steps in STEPS]
    asked = futures(config, moment, DRAWS, until=seen[-1].date())
    ahead = asked.filter(pl.col("timestamp") >= moment).filter(pl.col("timestamp").is_in(seen))
    return ahead.sort("server_id", "timestamp", "draw").collect()


def ranks_of(of_panel: Floats, of_futures: Floats, random: np.random.Generator) -> Floats:
    """Return the rank of each value among those of futures."""
    below = np.sum(of_futures < of_panel, axis=-1)
    ties = np.sum(of_futures == of_panel, axis=-1) + 1
    present = np.sum(~np.isnan(of_futures), axis=-1) + 1
    rank = (below + random.random(ties.shape) * ties) / present
    return np.where(np.isnan(of_panel[..., 0]), np.nan, rank)


def error_of(rank: Floats, share: float) -> float:
    """Return the standard error of the share of ranks below another share.

    Servers move together: at a moment, their ranks are not independent, but moments are.
    """
    below = np.where(np.isnan(rank), share, rank < share).reshape(MOMENTS, SERVERS) - share
    there = int(np.sum(~np.isnan(rank)))
    together = float(np.sum(np.sum(below, axis=1) ** 2))
    return math.sqrt(max(together, share * (1 - share) * there)) / there


def print_calibration(name: str, config: Config) -> None:
    """Print the shares of ranks below each q, and how far off they are in standard errors."""
    worst = 0.0
    for column, of_steps in ranks(config).items():
        for steps, rank in zip(STEPS, of_steps.T, strict=True):
            there = rank[~np.isnan(rank)]
            shares = [float(np.mean(there < share)) for share in SHARES]
            errors = [error_of(rank, share) for share in SHARES]
            off = [(s - q) / e for s, q, e in zip(shares, SHARES, errors, strict=True)]
            worst = max(worst, *map(abs, off))
            text = " ".join(f"{share:.3f}" for share in shares)
            far = " ".join(f"{each:+.1f}" for each in off)
            print(f"{name:12} {column:12} {steps:4} h {there.size:4} ranks: {text}  SE {far}")
    print(f"{name:12} farthest of {len(COLUMNS) * len(STEPS) * len(SHARES)}: {worst:.1f} SE\n")


def measured(work: Callable[[], int]) -> tuple[int, float]:
    """Return the number of rows that some work makes, and its processor time a row in ns."""
    started = time.process_time()
    rows = work()
    return rows, (time.process_time() - started) / rows * 1e9


def print_cost(preset: str, draws: int = 200) -> None:
    """Print the processor time a row of a build that writes nothing, and of futures."""
    window = {"start_date": "2024-01-01", "end_date": "2024-12-31", "granularity": "hourly"}
    overrides: dict[str, Any] = {"num_servers": 100, **window}
    config = load_config(preset=preset, overrides=overrides, environment={})
    columns = ["server_id", "timestamp", *(each.column for each in config.metrics.values())]

    def build() -> int:
        rows = 0
        workspace = Workspace()
        panel = panel_of(config)
        for partition in partitions(config.axis, archetype_counts(config)):
            for chunk in cut(config.axis, partition.whole, CHUNK_ROWS):
                servers = panel.servers(chunk)
                rows += panel.cells(chunk, servers, columns, workspace).height
        return rows

    def drawn(count: int) -> int:
        asked = asked_of(config, "2024-07-01", count, until="2024-07-28")
        rows = 0
        workspace = Workspace()
        opened = futures_of(asked)
        for chunk in opened.chunks(asked.ahead):
            for piece in opened.by_draws(chunk, range(1, count + 1)):
                rows += opened.frame(piece, columns, workspace).height
        return rows

    build()
    _, of_build = measured(build)
    drawn(draws // 10)
    early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows, of_futures = measured(lambda: drawn(draws))
    late = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{preset:12} build {of_build:5.0f} ns/row, {draws} futures {of_futures:5.0f} ns/row "
        f"({rows:,} rows), ratio {of_futures / of_build:.2f}; "
        f"{early} MB after {draws // 10} futures, {late} MB after {draws}"
    )


def main(parts: list[str]) -> None:
    """Print what is asked for: calibration, cost; by default both."""
    print(f"{versions()}\n")
    if "calibration" in parts or not parts:
        with tempfile.TemporaryDirectory() as folder:
            for name, config in fleets(Path(folder)):
                print_calibration(name, config)
    if "cost" in parts or not parts:
        for preset in ("default", "telemetry", "realistic"):
            print_cost(preset)


if __name__ == "__main__":
    main(sys.argv[1:])

"""What `comparison` measures: builds of capgen, and other ways to the same rows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from capgen.config import load_config
from tests.bench.rivals import rivals_python

Overrides = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contender:
    """One line of the table.

    Args:
        name: what `--only` selects it by.
        label: what the table calls it.
        module: below `tests.bench`.
        settings: of the module's `run`.
        python: the Python that has what it needs.
        repeated: its figures vary from run to run, and a run is short enough for another.
    """

    name: str
    label: str
    module: str
    settings: dict[str, Any]
    python: str = sys.executable
    repeated: bool = True


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is built."""

    large: Overrides
    year: Overrides
    years: Overrides
    daily: Overrides
    minutely: Overrides
    loop: Overrides
    scale: float


FULL = Sizes(
    large={"granularity": "hourly", "num_servers": 1200},
    year={"granularity": "hourly", "num_servers": 1200, "end_date": "2022-12-31"},
    years={"granularity": "hourly", "num_servers": 120},
    daily={"granularity": "daily", "num_servers": 120},
    minutely={"granularity": "1min", "num_servers": 20, "end_date": "2022-12-31"},
    loop={"granularity": "hourly", "num_servers": 12, "end_date": "2022-03-31"},
    scale=1.0,
)
QUICK = Sizes(
    large={"granularity": "hourly", "num_servers": 200, "end_date": "2022-03-31"},
    year={"granularity": "hourly", "num_servers": 200, "end_date": "2022-01-31"},
    years={"granularity": "hourly", "num_servers": 10, "end_date": "2023-12-31"},
    daily={"granularity": "daily", "num_servers": 120, "end_date": "2022-12-31"},
    minutely={"granularity": "1min", "num_servers": 10, "end_date": "2022-01-10"},
    loop={"granularity": "hourly", "num_servers": 4, "end_date": "2022-01-31"},
    scale=0.01,
)


def contenders(sizes: Sizes) -> Iterator[Contender]:
    """Yield all contenders, in the order of the table."""
    for name, overrides, counts in (
        ("large", sizes.large, (1, 2)),
        ("hourly", sizes.year, (1, 2)),
        ("years", sizes.years, (2,)),
        ("daily", sizes.daily, (2,)),
        ("minutely", sizes.minutely, (1, 2)),
    ):
        for workers in counts:
            yield _capgen(name, overrides, workers)
    yield Contender("floor", f"floor {described(sizes.large)}", "floor", {"overrides": sizes.large})
    for name, overrides in (("duckdb", sizes.year), ("polars", sizes.years), ("loop", sizes.loop)):
        yield Contender(
            name, f"{name} {described(overrides)}", f"contender_{name}", {"overrides": overrides}
        )
    spark = _rival("spark", f"Spark, capgen.cells, {described(sizes.year)}", sizes.year)
    yield replace(spark, repeated=False)
    yield _rival("synforecast", f"synforecast {described(sizes.year)}", sizes.year)
    fitted = f"synforecast, fitted, {described(sizes.loop)}"
    yield _rival("synforecast_fit", fitted, sizes.loop)
    for threads in (1, None):
        for compression in (None, "ZSTD(1)"):
            yield _tpchgen(sizes.scale, threads, compression)
    label = f"entropy {described(sizes.year)}"
    yield Contender("entropy", label, "entropy", {"overrides": sizes.year}, repeated=False)


def _capgen(name: str, overrides: Overrides, workers: int) -> Contender:
    many = "1 worker" if workers == 1 else f"{workers} workers"
    settings = {"overrides": overrides, "workers": workers}
    return Contender(
        f"{name}-{workers}", f"capgen {described(overrides)}, {many}", "contender_capgen", settings
    )


def _tpchgen(scale: float, threads: int | None, compression: str | None) -> Contender:
    kind = compression or "its compression"
    many = f"{threads} thread" if threads else "its threads"
    name = f"tpchgen-{'zstd' if compression else 'default'}-{threads or 'all'}"
    settings = {"scale": scale, "threads": threads, "compression": compression}
    label = f"tpchgen-cli lineitem, scale {scale:g}, {kind}, {many}"
    return Contender(name, label, "contender_tpchgen", settings, rivals_python())


def _rival(name: str, label: str, overrides: Overrides) -> Contender:
    settings = {"overrides": overrides}
    return Contender(name, label, f"contender_{name}", settings, rivals_python())


def described(overrides: Overrides) -> str:
    """Return the size of a panel in words."""
    config = load_config(overrides=overrides)
    days = (config.end_date - config.start_date) / timedelta(days=1) + 1
    return f"{config.granularity}, {config.num_servers:,} servers × {days:,.0f} days"

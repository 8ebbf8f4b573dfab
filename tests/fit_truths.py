"""Libraries of servers that a fit can tell apart, and telemetry made from them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capgen import scan
from capgen.dataset.metric_column import MetricColumn
from capgen.draws.arrays import Floats
from capgen.layers.gaps import Gaps
from capgen.layers.library.schema import COLUMNS, SCORES, Facts
from capgen.layers.library.table import Library
from capgen.layers.library.writing import library_bytes
from tests.conftest import make_config
from tests.panels import of_region
from tests.telemetry_datasets import write_telemetry

METRICS = ("cpu", "mem")
COLUMNS_OF_METRICS = tuple(
    MetricColumn(name=f"{key}_p95", key=key, unit="percent", statistic="p95") for key in METRICS
)
FACTS = Facts(
    metrics=METRICS,
    states=3,
    kinds=2,
    half_lives=(0.0, 2.0, 12.0, 72.0, 400.0),
    fleet_gaps=Gaps(per_year=20, mean_hours=5),
)
HOURS = np.arange(24)


def truth(seed: int) -> Library:
    """Return a library of one server whose states and kinds of day are far apart.

    Args:
        seed: of the server.
    """
    random = np.random.default_rng(seed)
    sizes = FACTS.sizes
    found = {
        "chances": _chances(random),
        "stickiness": random.integers(300, 900, sizes["states"]),
        "kinds": _percentages(random.uniform(0.25, 0.75, 7)),
        "kind_stickiness": np.full(2, random.integers(0, 60)),
        "levels": random.uniform(5, 30, 2).round(2),
        "quantiles": _quantiles(random),
        "season": _season(random),
        "noise_scale": np.full(2, 90),
        "noise": _noise(random),
        "resolution": random.choice([0.01, 0.05, 0.1], 2),
        "missing": random.integers(50, 300, 2),
        "outages": np.array([random.uniform(15, 40), random.uniform(3, 8)]),
    }
    columns = {name: found[name].astype(column.dtype)[None] for name, column in COLUMNS.items()}
    return Library(FACTS, columns, {})


def telemetry_of(
    library: Library, folder: Path, servers: int, days: tuple[str, str], zone: str = "UTC"
) -> Path:
    """Make telemetry of servers that all are like a library's, and return its folder.

    Args:
        library: of one row.
        folder: a new folder for the library and the telemetry.
        servers: how many.
        days: the first and the last one.
        zone: whose hours and days the servers follow.
    """
    folder.mkdir(parents=True)
    file = folder / "truth.parquet"
    file.write_bytes(library_bytes(library))
    level = dict.fromkeys(METRICS, 10)
    no_others = dict.fromkeys(["disk", "net_in", "net_out"])
    config = make_config(
        num_servers=servers,
        start_date=days[0],
        end_date=days[1],
        granularity="hourly",
        decimals=4,
        metrics={**{key: {"clip": [0, 10_000]} for key in METRICS}, **no_others},
        archetypes={
            "web": {
                "share": 1,
                "base": {**level, "disk": None, "net_in": None},
                "sd": {**level, "disk": None, "net_in": None},
                "correlation": None,
            },
            **dict.fromkeys(["application", "database", "batch"]),
        },
        fleet=of_region("EU"),
        layers={
            "library": {"file": str(file), "use": "draw"},
            "local_time": {"zones": {"EU": zone}},
        },
    )
    names = [metric.name for metric in COLUMNS_OF_METRICS]
    rows = scan(config).select("timestamp", "server_id", "server_type", *names).collect()
    return write_telemetry(folder / "telemetry", rows, COLUMNS_OF_METRICS)


def _percentages(first: Floats) -> Floats:
    """Return a chance in percent, and what it leaves."""
    whole = np.round(100 * first)
    return np.stack([whole, 100 - whole], axis=-1)


def _chances(random: np.random.Generator) -> NDArray[np.int64]:
    """Return chances by kind, week, hour and state: days of the second kind are busier by day."""
    found = np.zeros((2, 2, 24, 3), np.int64)
    for kind in range(2):
        for week in range(2):
            busy = (HOURS >= 8) & (HOURS < 20) if kind else np.zeros(24, bool)
            high = np.where(busy, random.integers(65, 80), random.integers(4, 8))
            middle = random.integers(10, 16, 24) - 5 * week
            found[kind, week] = np.stack([100 - high - middle, middle, high], axis=1)
    return found


def _quantiles(random: np.random.Generator) -> Floats:
    centres = np.array([-1.0, 0.0, 1.0]) * random.uniform(0.9, 1.1)
    spreads = random.uniform(0.06, 0.12, (2, 3, 1))
    return np.round(1000 * (centres[None, :, None] + spreads * SCORES))


def _season(random: np.random.Generator) -> Floats:
    phases = random.uniform(0, 2 * np.pi, (2, 1, 1, 1))
    waves = 0.6 * np.sin(2 * np.pi * HOURS / 24 + phases)
    return np.round(10 * np.broadcast_to(waves, (2, 3, 2, 24)))


def _noise(random: np.random.Generator) -> Floats:
    """Return factors whose parts correlate the metrics alike."""
    shares = random.dirichlet([3, 2, 2, 2, 1])
    rho = random.uniform(0.2, 0.7)
    pairs = np.array([1.0, rho, np.sqrt(1 - rho**2)])
    factors: Floats = np.round(100 * np.sqrt(shares)[:, None] * pairs)
    return factors

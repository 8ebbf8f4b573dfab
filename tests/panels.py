"""Panels that many tests use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from capgen import Config, scan
from capgen.layers.scope import Scope
from capgen.panel.cell.memory import Workspace
from capgen.panel.fleet import server_frames
from capgen.panel.frame import cell_model
from capgen.timeline.time_axis import Span
from tests.conftest import make_config
from tests.estimates import Floats

METRICS = ["cpu_p95", "mem_p95", "disk_p95", "net_in_p95", "net_out_p95"]
TRUTH = [
    *(f"{column}_expected" for column in METRICS),
    "is_spike",
    "is_outlier",
    "outlier_metrics",
    "event_id",
]
WIDE = [-1e9, 1e9]
WIDE_CLIPS = {key: {"clip": WIDE} for key in ("cpu", "mem", "disk", "net_in", "net_out")}
ARCHETYPES = ("web", "application", "database", "batch")
NO_OTHERS = dict.fromkeys(["application", "database", "batch"])
WEB: dict[str, Any] = {"share": 1, "spike": {"probability": 0}, "growth_percent_per_month": 0}
HOURS = pl.col("timestamp").dt.hour()
LIFE_DAYS = {"first_day": "2023-02-01", "last_day": "2023-11-30"}
HOUR_FACTORS = [
    0.5,
    0.4,
    0.4,
    0.5,
    0.6,
    0.7,
    0.8,
    1,
    1.2,
    1.4,
    1.5,
    1.6,
    1.5,
    1.7,
    1.6,
    1.5,
    1.3,
    1.2,
    1,
] + [0.7] * 5
WEEKDAY_FACTORS = [1.0, 1.1, 1.2, 1.0, 0.9, 0.6, 0.5]
ALL_REGIONS = ("US-East", "US-West", "EU", "Asia")
OWN_NET_OUT: dict[str, Any] = {
    "metrics": {
        "net_out": {"derived": None, "response": {"business_hours": 0.5}, "spike_share": 0.4}
    },
    "archetypes": {
        name: {
            "base": {"net_out": 70},
            "sd": {"net_out": 12},
            "correlation": {"net_in~net_out": 0.6, "cpu~net_out": 0.4},
        }
        for name in ("web", "application", "database", "batch")
    },
}


def merged(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    both = {
        key for key in first if isinstance(first[key], dict) and isinstance(second.get(key), dict)
    }
    return {**first, **second, **{key: merged(first[key], second[key]) for key in both}}


def web_config(
    servers: int, days: tuple[str, str], granularity: str = "daily", **overrides: Any
) -> Config:
    """Return a fleet of one archetype with the truth.

    It has no spikes, growth, quarter ends, holidays and clips.
    """
    plain = {
        "num_servers": servers,
        "start_date": days[0],
        "end_date": days[1],
        "granularity": granularity,
        "truth": True,
        "decimals": 12,
        "calendar": {"eoq": {"peak": 0}, "holiday_factors": []},
        "growth": {"trend": "monthly"},
        "metrics": WIDE_CLIPS,
        "archetypes": {"web": WEB, **NO_OTHERS},
    }
    return make_config(**merged(plain, overrides))


def web_panel(
    servers: int, days: tuple[str, str], granularity: str = "daily", **overrides: Any
) -> pl.DataFrame:
    return sorted_scan(web_config(servers, days, granularity, **overrides))


def sorted_scan(config: Config) -> pl.DataFrame:
    return scan(config).sort("server_id", "timestamp").collect()


def noise_of(config: Config, metrics: int = 4) -> Floats:
    """Return the noise of the leading metrics of web servers, shape (metrics, servers, steps)."""
    noise = np.empty((metrics, config.num_servers, config.axis.span.size))
    fill_noise(config, config.axis.span, noise)
    return noise


def fill_noise(config: Config, span: Span, out: Floats) -> None:
    """Draw the noise of a fleet of web servers over some steps."""
    model = cell_model(config, "web")
    scope = Scope.of(model.layered.kind, server_frames(config)["web"], {}, span)
    model.noise.fill(scope, None, out, Workspace())


def differing(first: pl.DataFrame, second: pl.DataFrame) -> list[str]:
    return [
        column
        for column in first.columns
        if not first[column].equals(second[column], check_dtypes=True)
    ]


def profile(hours: Sequence[float], weekdays: Sequence[float], **spread: float) -> dict[str, Any]:
    return {
        "web": {"profile": {"hours": list(hours), "weekdays": list(weekdays), "spread": spread}}
    }


def of_all(**values: Any) -> dict[str, Any]:
    """Return the same values for each archetype."""
    return dict.fromkeys(ARCHETYPES, values)


def of_region(region: str) -> dict[str, Any]:
    return {"region": {each: 1 if each == region else 0 for each in ALL_REGIONS}}

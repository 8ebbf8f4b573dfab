"""Writes a panel as sadf makes it of sar's files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import polars as pl


def rows(panel: pl.DataFrame, metrics: Sequence[str], server: str) -> str:
    """Return what sadf -d writes of a server: an activity for each metric."""
    lines: list[str] = []
    for metric in metrics:
        lines.append(f"# hostname;interval;timestamp;{metric}")
        lines += [
            f"{server};3600;{moment:%Y-%m-%d %H:%M:%S} UTC;{'' if value is None else repr(value)}"
            for moment, value in _samples(panel, metric, server)
        ]
    return "\n".join([*lines, ""])


def document(panel: pl.DataFrame, metrics: Sequence[str], server: str) -> str:
    """Return what sadf -j writes of a server: a statistic for each time."""
    one = panel.filter(pl.col("server_id") == server)
    statistics: list[dict[str, Any]] = [
        {
            "timestamp": {
                "date": f"{row['timestamp']:%Y-%m-%d}",
                "time": f"{row['timestamp']:%H:%M:%S}",
                "utc": 1,
                "interval": 3600,
            },
            "panel": {metric: row[metric] for metric in metrics},
        }
        for row in one.iter_rows(named=True)
    ]
    host = {"nodename": server, "timezone": "UTC", "statistics": statistics, "restarts": []}
    return json.dumps({"sysstat": {"hosts": [host]}}, indent=1)


def _samples(panel: pl.DataFrame, metric: str, server: str) -> list[tuple[Any, float | None]]:
    one = panel.filter(pl.col("server_id") == server)
    return list(one.select("timestamp", metric).iter_rows())

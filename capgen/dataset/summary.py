"""A summary of a panel's metrics, and its first rows, for people who want a look before they open the files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from capgen.config import Config
from capgen.config.model import Metric
from capgen.panel.fleet import fleet_frame
from capgen.panel.scanning import scan
from capgen.panel.time_axis import TimeAxis

_ROWS_LOOKED_AT = 200_000  # of larger panels some servers must do: a look at all would take as long as a build
_SAMPLE_ROWS = 100
_DECIMALS = 6


def summarise(config: Config) -> dict[str, Any]:
    """Return what a panel holds.

    Args:
        config: a valid configuration.

    Returns:
        Rows, window and servers; and of each metric count, mean, sd, quantiles and shares, over `rows_looked_at` rows
        of the first servers of each archetype: all of them unless there are more than 200,000 rows.
    """
    axis, servers = TimeAxis.of(config), _first_servers(config)
    columns = [metric.column for metric in config.metrics.values()]
    values = scan(config).filter(pl.col("server_id").is_in(servers)).select(columns).collect()
    return {
        "rows": config.num_servers * axis.span.size,
        "first_timestamp": axis.timestamp(axis.span.first).isoformat(),
        "last_timestamp": axis.timestamp(axis.span.stop - 1).isoformat(),
        "granularity": config.granularity,
        "servers": config.num_servers,
        "rows_looked_at": values.height,
        "servers_looked_at": len(servers),
        "metrics": {
            metric.column: _of_metric(values[metric.column], metric, config.decimals)
            for metric in config.metrics.values()
        },
    }


def sample_text(config: Config) -> str:
    """Return the first rows of a panel as CSV.

    Args:
        config: a valid configuration.
    """
    return scan(config).head(_SAMPLE_ROWS).collect().write_csv(datetime_format="%Y-%m-%d %H:%M:%S")


def _first_servers(config: Config) -> list[str]:
    fleet = fleet_frame(config)
    share = min(1.0, _ROWS_LOOKED_AT / (fleet.height * TimeAxis.of(config).span.size))
    by_type = fleet.partition_by("server_type", maintain_order=True)
    few = pl.concat([servers.head(max(1, int(servers.height * share))) for servers in by_type])
    return few["server_id"].to_list()


def _of_metric(values: pl.Series, metric: Metric, decimals: int) -> dict[str, Any]:
    return {
        name: round(value, _DECIMALS) if isinstance(value, float) else value
        for name, value in _statistics(values, [round(end, decimals) for end in metric.clip])
    }


def _statistics(values: pl.Series, clip: list[float]) -> Iterator[tuple[str, Any]]:
    yield "count", values.count()
    yield "mean", values.mean()
    yield "sd", values.std()
    yield "min", values.min()
    for percent in (25, 50, 75, 95):
        yield f"p{percent}", values.quantile(percent / 100, "linear")
    yield "max", values.max()
    yield "missing_share", values.null_count() / len(values)
    yield "clipped_share", ((values <= clip[0]) | (values >= clip[1])).mean()

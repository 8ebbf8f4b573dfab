"""How many values all rows have: present, inside the clip, and with too many decimals."""

from __future__ import annotations

from typing import Any

from capgen import sql
from capgen.quality.source import Source

_MOST_UNITS = 1e15


def value_counts(source: Source) -> dict[str, int]:
    """Count the values of all rows.

    Args:
        source: an open dataset.

    Returns:
        As `sql/checks/values.sql` says, by name.
    """
    repeats = [{"column": column} for column in source.columns]
    parameters = {**clip_parameters(source), "scale": sql.map_parameter(_scales(source))}
    (counts,) = sql.fetch_rows(source.connection, "checks/values", parameters, repeats)
    return counts


def _scales(source: Source) -> dict[str, float | None]:
    """Return what makes whole numbers of values; None where a double cannot tell them apart."""
    scale = 10.0**source.config.decimals
    scales: dict[str, float | None] = {}
    for key in source.keys:
        metric = source.config.metrics[key]
        is_small = max(map(abs, metric.clip)) * scale < _MOST_UNITS
        scales[metric.column] = scale if is_small else None
    return scales


def clip_parameters(source: Source) -> dict[str, Any]:
    """Return the ends of clips as the parameters `low` and `high`, by column.

    Args:
        source: an open dataset.
    """
    ends = clip_ends(source)
    return {
        "low": sql.map_parameter({column: low for column, (low, _) in ends.items()}),
        "high": sql.map_parameter({column: high for column, (_, high) in ends.items()}),
    }


def clip_ends(source: Source) -> dict[str, tuple[float, float]]:
    """Return the ends of each readable metric's clip, rounded as its values are, by column.

    Args:
        source: an open dataset.
    """
    metrics = (source.config.metrics[key] for key in source.keys)
    decimals = source.config.decimals
    return {
        metric.column: (round(metric.clip[0], decimals), round(metric.clip[1], decimals))
        for metric in metrics
    }

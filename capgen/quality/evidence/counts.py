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
    parameters = {**clip_parameters(source), **_scales(source)}
    (counts,) = sql.run_query(source.connection, "checks/values", parameters, repeats).to_dicts()
    return counts


def _scales(source: Source) -> dict[str, float | None]:
    """Return what makes whole numbers of values; None where a double cannot tell them apart."""
    scale = 10.0**source.config.decimals
    scales: dict[str, float | None] = {}
    for key in source.keys:
        metric = source.config.metrics[key]
        is_small = max(map(abs, metric.clip)) * scale < _MOST_UNITS
        scales[f"{metric.column}_scale"] = scale if is_small else None
    return scales


def clip_parameters(source: Source) -> dict[str, Any]:
    """Return the ends of each readable metric's clip, rounded as its values are.

    Args:
        source: an open dataset.
    """
    parameters: dict[str, Any] = {}
    for key in source.keys:
        metric = source.config.metrics[key]
        low, high = (round(bound, source.config.decimals) for bound in metric.clip)
        parameters |= {f"{metric.column}_low": low, f"{metric.column}_high": high}
    return parameters

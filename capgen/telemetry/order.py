"""Tells whether samples are in order, so that nothing has to be sorted."""

from __future__ import annotations

from typing import Any

import polars as pl

_MOST_ROWS = 2**23  # that are looked at in memory: more of them are sorted, which may use files
_COLUMNS = ("server", "metric", "device", "place", "ordinal")


def in_order(placed: Any) -> bool:
    """Tell whether each series has its samples in the order of time, and one a place.

    Args:
        placed: a bucket's samples, as a relation: server, metric, device, place, ordinal.
    """
    rows: pl.DataFrame = placed.project(", ".join(_COLUMNS)).limit(_MOST_ROWS).pl()
    if rows.height == _MOST_ROWS or not rows["ordinal"].is_sorted():
        return False
    ahead = pl.col("place").diff().over("server", "metric", "device")
    return bool(rows.select((ahead > 0).all()).item())

"""Writes a panel as the inspector of a Grafana panel saves it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import polars as pl

from tests.exports.prometheus import epoch


def wide(panel: pl.DataFrame, metrics: Sequence[str], delimiter: str = ",") -> str:
    """Return a table with a column for each series, joined by time."""
    long = panel.unpivot(metrics, index=["timestamp", "server_id"])
    joined = long.with_columns(
        series=pl.col("variable") + ' {instance="' + pl.col("server_id") + ':9100"}'
    ).pivot("series", index="timestamp", values="value", aggregate_function="first")
    rows = [
        [f"{row[0]:%Y-%m-%d %H:%M:%S}", *("" if one is None else repr(one) for one in row[1:])]
        for row in joined.iter_rows()
    ]
    return _csv([["Time", *joined.columns[1:]], *rows], delimiter)


def long(panel: pl.DataFrame, metrics: Sequence[str], delimiter: str = ",") -> str:
    """Return a table with a row for each sample, with epoch milliseconds."""
    rows = panel.unpivot(metrics, index=["timestamp", "server_id"]).select(
        "timestamp", "variable", "server_id", "value"
    )
    lines = [
        [str(round(epoch(moment) * 1000)), name, server, "" if value is None else repr(value)]
        for moment, name, server, value in rows.iter_rows()
    ]
    return _csv([["Time", "Metric", "instance", "Value"], *lines], delimiter)


def _csv(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    text = io.StringIO(newline="")
    header, *others = rows
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerow(header)
    csv.writer(text, delimiter=delimiter).writerows(others)
    return text.getvalue()

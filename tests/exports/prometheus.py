"""Writes series as Prometheus answers and dumps them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime

import polars as pl

Sample = tuple[datetime, float | None]


def epoch(moment: datetime) -> float:
    """Return a moment in UTC as seconds since 1970."""
    return moment.replace(tzinfo=UTC).timestamp()


def series_of(
    panel: pl.DataFrame, metrics: Sequence[str]
) -> list[tuple[dict[str, str], list[Sample]]]:
    """Return labels and samples of each server and metric."""
    return [
        (
            {"__name__": metric, "instance": f"{server}:9100", "job": "node"},
            list(rows.select("timestamp", metric).iter_rows()),
        )
        for (server,), rows in panel.group_by("server_id", maintain_order=True)
        for metric in metrics
    ]


def query_range(series: Sequence[tuple[dict[str, str], Sequence[Sample]]]) -> str:
    """Return an answer of query_range."""
    result = list_of_series(series)
    return f'{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}'


def list_of_series(series: Sequence[tuple[dict[str, str], Sequence[Sample]]]) -> str:
    """Return the bare list that clients save."""
    return json.dumps(
        [
            {
                "metric": labels,
                "values": [[epoch(moment), _text(value)] for moment, value in samples],
            }
            for labels, samples in series
        ]
    )


def dump_openmetrics(series: Sequence[tuple[dict[str, str], Sequence[Sample]]]) -> str:
    """Return lines as promtool tsdb dump-openmetrics writes them."""
    lines = [
        f"{labels['__name__']}{{{_labels(labels, ',', '__name__')}}} {_text(value)} "
        f"{epoch(moment):.3f}"
        for labels, samples in series
        for moment, value in samples
    ]
    return "\n".join([*lines, "# EOF", ""])


def dump(series: Sequence[tuple[dict[str, str], Sequence[Sample]]]) -> str:
    """Return lines as promtool tsdb dump writes them."""
    lines = [
        f"{{{_labels(labels, ', ', '')}}} {_text(value)} {round(epoch(moment) * 1000)}"
        for labels, samples in series
        for moment, value in samples
    ]
    return "\n".join([*lines, ""])


def _text(value: float | None) -> str:
    return "NaN" if value is None else repr(value)


def _labels(labels: dict[str, str], separator: str, without: str) -> str:
    return separator.join(
        f'{name}="{_escaped(value)}"' for name, value in labels.items() if name != without
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

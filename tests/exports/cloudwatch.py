"""Writes series as the CloudWatch command line answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

_UNITS = {"cpu_p95": "Percent", "mem_p95": "Percent", "disk_p95": "Percent"}


def get_metric_statistics(panel: pl.DataFrame, metrics: Sequence[str]) -> dict[str, str]:
    """Return an answer for each server and metric, by file name."""
    return {
        f"{server}_{metric}.json": json.dumps(
            {
                "Label": metric,
                "Datapoints": [
                    {
                        "Timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}+00:00",
                        "Average": value,
                        "Unit": _UNITS.get(metric, "None"),
                    }
                    for moment, value in rows.select("timestamp", metric).iter_rows()
                    if value is not None
                ],
            }
        )
        for (server,), rows in panel.group_by("server_id", maintain_order=True)
        for metric in metrics
    }


def get_metric_data(panel: pl.DataFrame, metrics: Sequence[str]) -> str:
    """Return one answer for all, newest first."""
    results: list[dict[str, Any]] = []
    for (server,), rows in panel.group_by("server_id", maintain_order=True):
        for metric in metrics:
            samples = rows.select("timestamp", metric).drop_nulls().reverse()
            results.append(
                {
                    "Id": f"q{len(results)}",
                    "Label": f"{server} {metric} Average",
                    "Timestamps": [
                        f"{moment:%Y-%m-%dT%H:%M:%S}Z" for moment in samples["timestamp"]
                    ],
                    "Values": samples[metric].to_list(),
                    "StatusCode": "Complete",
                }
            )
    return json.dumps({"MetricDataResults": results, "Messages": []})

"""Loads what was handed over as a frame of AutoGluon."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.bench.handed.expected import CALENDAR, Expected, loaded

timeseries: Any = import_module("autogluon.timeseries")

data = loaded(TimeSeriesDataFrame=timeseries.TimeSeriesDataFrame)["data"]
expected = Expected()
assert data.freq == "h"
assert len(data.convert_frequency("h")) == len(data)  # each server has its full grid
assert set(data.static_features.index) == set(data.item_ids) == expected.servers
for server in data.item_ids:
    rows = data.loc[server]
    for column, own in {"target": "cpu_p95", **dict(zip(CALENDAR, CALENDAR, strict=True))}.items():
        expected.check(server, rows.index, rows[column], own)
expected.say(["freq is h, convert_frequency adds no row"], "autogluon.timeseries")

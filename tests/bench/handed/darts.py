"""Loads what was handed over as series of Darts."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.bench.handed.expected import CALENDAR, Expected, folder, loaded, pandas

library: Any = import_module("darts")

series = loaded(TimeSeries=library.TimeSeries)["series"]
expected = Expected()
for each in series:
    server = each.static_covariates["server_id"].iloc[0]
    expected.check(server, each.time_index, each.values()[:, 0])
    assert each.freq_str == "h"
    assert each.time_index.tz is None
    assert each.static_covariates["region"].iloc[0]
calendar = pandas.read_parquet(folder() / "calendar.parquet")
for each in library.TimeSeries.from_group_dataframe(calendar, "server_id", "timestamp"):
    server = each.static_covariates["server_id"].iloc[0]
    for number, column in enumerate(CALENDAR):
        expected.check(server, each.time_index, each.values()[:, number], column)
expected.say(["freq is h, no zone; calendar as covariates"], "darts")

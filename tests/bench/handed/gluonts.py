"""Loads what was handed over as a dataset of GluonTS."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.bench.handed.expected import CALENDAR, Expected, folder, loaded, pandas

datasets: Any = import_module("gluonts.dataset.pandas")

made = loaded(PandasDataset=datasets.PandasDataset)
expected = Expected()
entries = {entry["item_id"]: entry for entry in made["data"]}
assert set(entries) == expected.servers
for server, entry in entries.items():
    times = pandas.period_range(entry["start"], periods=len(entry["target"]), freq="h")
    expected.check(server, times.to_timestamp(), entry["target"])
    assert len(entry["feat_static_cat"]) == 5

known = pandas.read_parquet(folder() / "calendar.parquet")
whole = datasets.PandasDataset.from_long_dataframe(
    made["frame"].merge(known),
    "item_id",
    "timestamp",
    freq="h",
    feat_dynamic_real=list(CALENDAR),
)
for entry in whole:
    times = pandas.period_range(entry["start"], periods=len(entry["target"]), freq="h")
    for column, values in zip(CALENDAR, entry["feat_dynamic_real"], strict=True):
        expected.check(entry["item_id"], times.to_timestamp(), values, column)
expected.say(["PandasDataset checks the grid; calendar as feat_dynamic_real"], "gluonts")

"""Loads what was handed over with utilsforecast, and forecasts with statsforecast."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.bench.handed.expected import CALENDAR, Expected, folder, loaded, pandas

validation: Any = import_module("utilsforecast.validation")
preprocessing: Any = import_module("utilsforecast.preprocessing")
forecasts: Any = import_module("statsforecast")
models: Any = import_module("statsforecast.models")

frame = loaded()["frame"]
expected = Expected()
validation.validate_format(frame)
validation.validate_freq(frame["ds"], "h")
whole = preprocessing.fill_gaps(frame, "h", start="per_serie", end="per_serie")
assert len(whole) == len(frame)  # each server has its full grid
for server, rows in frame.groupby("unique_id"):
    for column, own in {"y": "cpu_p95", **dict(zip(CALENDAR, CALENDAR, strict=True))}.items():
        expected.check(server, rows["ds"], rows[column], own)
assert set(frame["unique_id"]) == expected.servers

train = pandas.read_parquet(folder() / "cut/train/cpu_p95.parquet")
known = [
    pandas.read_parquet(folder() / f"cut/{part}/calendar.parquet") for part in ("train", "test")
]
test = pandas.read_parquet(folder() / "cut/test/cpu_p95.parquet")
both = set(train["unique_id"]) & set(test["unique_id"])
train, known[0], known[1], test = (
    part[part["unique_id"].isin(both)].reset_index(drop=True)
    for part in (train, known[0], known[1], test)
)
steps = test.groupby("unique_id").size().max()
has_all = test.groupby("unique_id")["ds"].transform("size") == steps
complete = set(test[has_all]["unique_id"])
future = known[1][known[1]["unique_id"].isin(complete)].reset_index(drop=True)
past = train.merge(known[0])
past = past[past["unique_id"].isin(complete)]
engine = forecasts.StatsForecast(models=[models.SeasonalNaive(24)], freq="h")
answer = engine.forecast(df=past, h=int(steps), X_df=future)
assert answer[["unique_id", "ds"]].equals(future[["unique_id", "ds"]])
expected.say(
    [
        "validate_format and validate_freq pass, fill_gaps adds no row",
        f"a forecast of {len(answer):,} steps with calendar.parquet of the test part as X_df",
    ],
    "utilsforecast",
    "statsforecast",
)

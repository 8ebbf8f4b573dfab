"""Loads what was handed over with Prophet, and fits one series."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tests.bench.handed.expected import CALENDAR, Expected, folder, loaded, pandas

library: Any = import_module("prophet")

made = loaded(Prophet=library.Prophet)
expected = Expected()
for path in sorted((folder() / "cpu_p95").glob("*.csv")):
    rows = pandas.read_csv(path, parse_dates=["ds"])
    for column, own in {"y": "cpu_p95", **dict(zip(CALENDAR, CALENDAR, strict=True))}.items():
        expected.check(path.stem, rows["ds"], rows[column], own)
    assert set(rows["cap"]) == {100.0}
    assert set(rows["floor"]) == {0.0}
history = made["model"].history
assert len(history) == made["frame"]["y"].notna().sum()
assert made["forecast"]["yhat"].between(0, 100).all()
expected.say([f"fit of {len(history):,} values with logistic growth"], "prophet")

"""`capgen check` passes good datasets of all kinds, and says what a window is too short for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from capgen import build
from capgen.quality.check import check
from capgen.quality.findings import Verdict
from tests.conftest import deep, make_config
from tests.data_faults import names_of
from tests.panels import merged, of_all

RULES = [
    "schema",
    "row_count",
    "unique_keys",
    "no_gaps",
    "fleet",
    "order",
    "metadata",
    "remade",
    "calendar",
    "completeness",
    "valid_range",
    "decimals",
    "business_hours",
    "weekend",
    "eoq",
    "holiday",
    "growth",
    "spike_rate",
    "correlation",
    "level",
    "spread",
    "archetypes_differ",
    "size",
]
YEAR = {"num_servers": 24, "start_date": "2023-03-10", "end_date": "2024-03-09"}
MONTH = {
    "num_servers": 16,
    "start_date": "2024-03-04",
    "end_date": "2024-03-31",
    "granularity": "hourly",
}
WEEK = {
    "num_servers": 8,
    "start_date": "2024-05-06",
    "end_date": "2024-05-12",
    "granularity": "15min",
}
WEB_ALONE = {
    "archetypes": {"web": {"share": 1.0}, "application": None, "database": None, "batch": None}
}
GPU_METRIC = {
    "column": "gpu_p95",
    "clip": [0, 100],
    "response": {"weekend": 0.5},
    "spike_share": 0.9,
}
HOLIDAYS = [
    {"month": month, "first_day": 1, "last_day": 3, "factor": 1.5} for month in range(1, 13)
]
DECEMBER = [{"month": 12, "first_day": 20, "last_day": 31, "factor": 0.2}]


def calendar(**sections: Any) -> dict[str, Any]:
    return {"calendar": sections}


def web(**values: Any) -> dict[str, Any]:
    return {"archetypes": {"web": values}}


GPU = {
    "metrics": {"gpu": GPU_METRIC},
    "archetypes": of_all(base={"gpu": 30}, sd={"gpu": 8}, correlation={"cpu~gpu": 0.4}),
}
AWKWARD_NAMES = {
    "metrics": {
        "cpu": {"column": "hour"},
        "mem": {"column": "cells"},
        "disk": {"column": "order"},
        "net_in": {"column": "is_calm"},
    }
}
# Seeds by the hundred: `tests/bench/check_alarms.py`. Plain panels pass in tests of the command.
GOOD: dict[str, list[dict[str, Any]]] = {
    "daily": [YEAR],
    "hourly": [MONTH],
    "15min": [WEEK],
    "every 90 minutes": [WEEK, {"granularity": "90min"}],
    "every minute": [WEEK, {"granularity": "1min", "end_date": "2024-05-07", "num_servers": 5}],
    "one day": [{"end_date": "2022-01-01"}],
    "one cell": [{"end_date": "2022-01-01", "num_servers": 1}],
    "one server": [YEAR, {"num_servers": 1}],
    "one server, hourly": [MONTH, {"num_servers": 1}],
    "another metric, four decimals, other ids": [
        YEAR,
        GPU,
        {"decimals": 4, "fleet": {"server_id_format": "SRV-{index:04d}", "first_index": 1}},
    ],
    "another metric and awkward names, hourly": [MONTH, GPU, AWKWARD_NAMES],
    "no decimals, growth from an origin": [
        YEAR,
        {"decimals": 0, "growth": {"trend": "monthly", "origin": "2015-01-01"}},
    ],
    "from a leap day on, German holidays, fiscal quarters": [
        YEAR,
        {"start_date": "2024-02-29", "end_date": "2025-02-28"},
        calendar(
            holidays={"country": "DE", "subdivision": "BY"},
            eoq={"months": [1, 4, 7, 10]},
        ),
    ],
    "around the new year, night shift": [
        MONTH,
        {"start_date": "2023-12-18", "end_date": "2024-01-15"},
        calendar(business_hours={"first_hour": 0, "last_hour": 6}),
    ],
    "long ago, a long end of quarter, no holidays": [
        YEAR,
        {"start_date": "1950-01-01", "end_date": "1950-12-31"},
        calendar(eoq={"window_days": 15, "peak": 1.0}, holiday_factors=[]),
    ],
    "shrinking by the month, a holiday in each month": [
        YEAR,
        {"growth": {"trend": "monthly"}},
        web(growth_percent_per_month=-5.0),
        calendar(holiday_factors=HOLIDAYS),
    ],
    "many spikes, a quiet December": [
        YEAR,
        web(spike={"probability": 0.5, "magnitude": 3.0}),
        calendar(holiday_factors=DECEMBER),
    ],
    "no spikes, repaired correlation": [
        YEAR,
        {"repair_correlation": True},
        web(spike={"probability": 0.0}, correlation={"mem~disk": 0.7}),
    ],
    "values at the clip": [
        YEAR,
        {"archetypes": of_all(base={"cpu": 98, "mem": 31})},
        {"metrics": {"mem": {"clip": [30, 40]}}},
    ],
    "no spread": [YEAR, web(sd={"cpu": 0.0, "disk": 0.001})],
    "no spread, and beyond the clip": [
        YEAR,
        {"archetypes": of_all(base={"cpu": 60, "mem": 9}, sd={"cpu": 0.0, "mem": 0.0})},
        {"metrics": {"cpu": {"clip": [0, 60]}, "mem": {"clip": [5, 9]}}},
    ],
    "a spread much wider than the clip": [YEAR, web(sd={"cpu": 1e4, "mem": 300})],
    "a metric falls when another rises": [
        YEAR,
        {
            "metrics": {
                "net_out": {"clip": [-600, 600], "derived": {"source": "net_in", "factor": -0.6}}
            }
        },
    ],
}


# What one panel holds at once.
TOGETHER = [
    [
        "another metric, four decimals, other ids",
        "from a leap day on, German holidays, fiscal quarters",
        "many spikes, a quiet December",
    ],
    [
        "no decimals, growth from an origin",
        "long ago, a long end of quarter, no holidays",
        "no spikes, repaired correlation",
        "a metric falls when another rises",
    ],
    ["shrinking by the month, a holiday in each month", "a spread much wider than the clip"],
    ["values at the clip", "no spread"],
    ["no spread, and beyond the clip"],
    ["another metric and awkward names, hourly", "around the new year, night shift"],
    ["one server", "every minute"],
    ["one cell"],
]


def built(folder: Path, *overrides: dict[str, Any]) -> Path:
    values: dict[str, Any] = {}
    for more in overrides:
        values = merged(values, more)
    build(make_config(**values), folder, workers=1)
    return folder


def assert_passes(folder: Path, overrides: list[dict[str, Any]]) -> None:
    report = check(built(folder, *overrides))
    assert [rule.worst for rule in report.rules if rule.verdict is Verdict.FAIL] == []
    assert [rule.name for rule in report.rules] == RULES
    assert set(RULES[: RULES.index("business_hours")]) <= names_of(report, Verdict.PASS)


@pytest.mark.parametrize("names", TOGETHER, ids="; ".join)
def test_good_datasets_pass(names: list[str], tmp_path: Path) -> None:
    assert_passes(tmp_path / "data", [each for name in names for each in GOOD[name]])


@deep
@pytest.mark.parametrize("overrides", GOOD.values(), ids=GOOD)
def test_each_good_dataset_passes(overrides: list[dict[str, Any]], tmp_path: Path) -> None:
    assert_passes(tmp_path / "data", overrides)


def test_what_the_window_lacks_is_not_testable(tmp_path: Path) -> None:
    window = {"num_servers": 60, "start_date": "2024-01-08", "end_date": "2024-01-12"}
    report = check(built(tmp_path / "data", window, WEB_ALONE))
    assert report.passed
    lacking = {"weekend", "eoq", "holiday", "business_hours", "growth", "size", "archetypes_differ"}
    assert names_of(report, Verdict.NOT_TESTABLE) >= lacking
    assert "level" in names_of(report, Verdict.PASS)
    why = {rule.name: rule.worst.note for rule in report.rules}
    assert "no weekend" in why["weekend"]
    assert "no end of quarter" in why["eoq"]
    assert "no holiday" in why["holiday"]
    assert "fewer than two archetypes" in why["archetypes_differ"]


def test_what_the_window_has_is_tested(tmp_path: Path) -> None:
    window = {"num_servers": 500, "start_date": "2024-12-23", "end_date": "2024-12-29"}
    tested = names_of(check(built(tmp_path / "data", window)), Verdict.PASS)
    assert tested >= {"weekend", "eoq", "holiday"}

"""A check proves each layer: it passes where the layer is in the data, and fails where it is configured but missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from capgen import build, check
from capgen.quality.findings import Report, Verdict
from tests.conftest import make_config
from tests.everything import EVERYTHING, LAYERS, PROFILE, SCHEDULED

HOURLY = {"granularity": "hourly", "num_servers": 30, "start_date": "2023-11-01", "end_date": "2024-05-31"}
DAILY = {"granularity": "daily", "num_servers": 120, "start_date": "2022-01-01", "end_date": "2025-12-31"}
OUTLIERS = {"disk": {"probability": 0.02, "magnitude": 2.5}}

# Of each layer: the panel, what turns it on, and the rule that says whether it is in the data.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "server offset": (DAILY, {"layers": {"server_offset": LAYERS["server_offset"]}}, "server_offset"),
    "server growth": (
        DAILY,
        {"growth": {"trend": "monthly"}, "layers": {"server_growth": LAYERS["server_growth"]}},
        "server_growth",
    ),
    "annual season": (DAILY, {"layers": {"annual_season": LAYERS["annual_season"]}}, "season"),
    "holiday effect": (
        DAILY,
        {"calendar": {"holiday_effect": {"factor": 0.3, "shoulder_days": 2, "shoulder_factor": 0.6}}},
        "holiday",
    ),
    "business days": (DAILY, {"calendar": {"eoq": {"business_days": True, "window_days": 10, "peak": 1.0}}}, "eoq"),
    "local time": (HOURLY, {"layers": {"local_time": LAYERS["local_time"]}}, "calendar"),
    "profile": (HOURLY, {"archetypes": {"application": {"profile": PROFILE}}}, "profile_spread"),
    "scheduled spikes": (HOURLY, {"archetypes": {"database": {"scheduled_spikes": SCHEDULED}}}, "scheduled_spikes"),
    "outliers": (DAILY, {"layers": {"outliers": OUTLIERS}}, "outlier_rate"),
    "missing": (DAILY, {"layers": {"missing": {"share": {"cpu": 0.01}}}}, "missing_rate"),
    "events": (HOURLY, {"layers": {"events": LAYERS["events"]}}, "events"),
    "resize": (
        DAILY,
        {
            "growth": {"trend": "monthly"},
            "archetypes": {"application": {"growth_percent_per_month": 4}},
            "layers": {"server_life": {**LAYERS["server_life"], "born_share": 0.0, "retired_share": 0.0}},
        },
        "resize",
    ),
    "lives": (
        DAILY,
        {"layers": {"server_life": {**LAYERS["server_life"], "resize": None}}},
        "missing_rate",
    ),
}


def verdicts(report: Report) -> dict[str, Verdict]:
    return {rule.name: rule.verdict for rule in report.rules}


@pytest.mark.parametrize("name", CASES)
def test_a_layer_that_is_there_passes_and_one_that_is_missing_fails(name: str, tmp_path: Path) -> None:
    panel, layer, rule = CASES[name]
    with_layer, without = make_config(**panel, **layer), make_config(**panel)
    build(with_layer, tmp_path / "with")
    found = verdicts(check(tmp_path / "with"))
    assert found[rule] is Verdict.PASS
    assert Verdict.FAIL not in found.values()
    build(without, tmp_path / "without")
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps({**panel, **layer}))
    assert verdicts(check(tmp_path / "without", config_file))[rule] is Verdict.FAIL


@pytest.mark.parametrize("panel", [HOURLY, DAILY], ids=["hourly", "daily"])
def test_every_layer_at_once_passes(panel: dict[str, Any], tmp_path: Path) -> None:
    build(make_config(**{**EVERYTHING, **panel}), tmp_path / "data")
    report = check(tmp_path / "data")
    assert [rule.worst for rule in report.rules if rule.verdict is Verdict.FAIL] == []
    assert {"server_offset", "server_growth", "profile_spread", "events", "missing_rate"} <= set(verdicts(report))


def test_false_flags_of_events_fail(tmp_path: Path) -> None:
    events = {"layers": {"events": LAYERS["events"]}}
    build(make_config(**HOURLY, truth=True), tmp_path / "data")
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps({**HOURLY, **events, "truth": True}))
    assert verdicts(check(tmp_path / "data", config_file))["events"] is Verdict.FAIL

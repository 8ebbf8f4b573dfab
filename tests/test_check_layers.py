"""A check passes where a layer is in the data, and fails where it is configured but missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from capgen import build, check
from capgen.quality.findings import Verdict
from tests.checking import check_but_remade, check_only
from tests.conftest import deep, make_config
from tests.data_faults import failed, names_of, verdicts
from tests.everything import EVERYTHING, LAYERS, LISTED, PROFILE, SCHEDULED
from tests.panels import merged

HOURLY: dict[str, Any] = {
    "granularity": "hourly",
    "num_servers": 12,
    "start_date": "2023-12-18",
    "end_date": "2024-01-21",
}
DAILY: dict[str, Any] = {
    "granularity": "daily",
    "num_servers": 24,
    "start_date": "2023-01-01",
    "end_date": "2024-06-30",
    "growth": {"trend": "monthly"},
}
PLAIN = {"hourly": HOURLY, "daily": DAILY}
LIFE = LAYERS["server_life"]
EFFECT = {"factor": 0.3, "shoulder_days": 2, "shoulder_factor": 0.6}
OUTLIERS = {"disk": {"probability": 0.02, "magnitude": 2.5}}

# Of each layer: the panel, what turns it on, and the rule that says whether it is in the data.
CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "server offset": (
        "daily",
        {"layers": {"server_offset": LAYERS["server_offset"]}},
        "server_offset",
    ),
    "server growth": (
        "daily",
        {"layers": {"server_growth": LAYERS["server_growth"]}},
        "server_growth",
    ),
    "annual season": ("daily", {"layers": {"annual_season": LAYERS["annual_season"]}}, "season"),
    "holiday effect": ("daily", {"calendar": {"holiday_effect": EFFECT}}, "holiday"),
    "business days": (
        "daily",
        {"calendar": {"eoq": {"business_days": True, "window_days": 10, "peak": 1.0}}},
        "eoq",
    ),
    "local time": ("hourly", {"layers": {"local_time": LAYERS["local_time"]}}, "calendar"),
    "profile": ("hourly", {"archetypes": {"application": {"profile": PROFILE}}}, "profile_spread"),
    "scheduled spikes": (
        "hourly",
        {"archetypes": {"web": {"scheduled_spikes": SCHEDULED}}},
        "scheduled_spikes",
    ),
    "outliers": ("daily", {"layers": {"outliers": OUTLIERS}}, "outlier_rate"),
    "missing": ("daily", {"layers": {"missing": {"share": {"cpu": 0.01}}}}, "missing_rate"),
    "events": ("hourly", {"layers": {"events": LAYERS["events"]}}, "events"),
    "resize": (
        "daily",
        {
            "archetypes": {"application": {"growth_percent_per_month": 4}},
            "layers": {"server_life": {**LIFE, "born_share": 0.0, "retired_share": 0.0}},
        },
        "resize",
    ),
    "lives": ("daily", {"layers": {"server_life": {**LIFE, "resize": None}}}, "missing_rate"),
}
# Layers that one panel holds at once, beside the panel that holds all, in which outliers are too
# few to be tested.
THERE = [
    ["server offset", "resize", "business days", "outliers", "missing"],
    ["server growth", "annual season", "holiday effect", "lives"],
    ["local time", "events"],
    ["profile", "scheduled spikes"],
]
# Layers that one panel lacks at once: no rule of a line fails for want of another of its line.
MISSING = [
    ["server offset", "server growth", "annual season", "outliers", "lives"],
    ["resize", "missing"],
    ["holiday effect"],
    ["business days"],
    ["profile", "scheduled spikes", "events"],
    ["local time"],
]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with panels that no layer is in, hourly and daily."""
    folder = tmp_path_factory.mktemp("plain")
    for name, panel in PLAIN.items():
        build(make_config(**panel), folder / name, workers=1)
    return folder


def with_layers(names: list[str]) -> dict[str, Any]:
    panel = PLAIN[CASES[names[0]][0]]
    for name in names:
        panel = merged(panel, CASES[name][1])
    return panel


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(names, id=", ".join(names), marks=deep if names in THERE[1:] else ())
        for names in THERE
    ],
)
def test_layers_that_are_there_pass(names: list[str], tmp_path: Path) -> None:
    build(make_config(**with_layers(names)), tmp_path / "data", workers=1)
    report = check(tmp_path / "data")
    assert failed(report) == []
    for name in names:
        assert verdicts(report)[CASES[name][2]] is Verdict.PASS, name


@pytest.mark.parametrize("panels", [THERE, MISSING], ids=["there", "missing"])
def test_every_layer_is_in_one_of_the_panels(panels: list[list[str]]) -> None:
    assert sorted(name for names in panels for name in names) == sorted(CASES)


@pytest.mark.parametrize("names", MISSING, ids=", ".join)
def test_layers_that_are_missing_fail(names: list[str], plain: Path, tmp_path: Path) -> None:
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps(with_layers(names)))
    found = verdicts(check_but_remade(plain / CASES[names[0]][0], config_file))
    for name in names:
        assert found[CASES[name][2]] is Verdict.FAIL, name


@pytest.mark.parametrize(
    ("granularity", "more"),
    [("hourly", {"scheduled_spikes"}), pytest.param("daily", set(), marks=deep)],
)
def test_every_layer_at_once_passes(granularity: str, more: set[str], tmp_path: Path) -> None:
    build(make_config(**{**EVERYTHING, **PLAIN[granularity]}), tmp_path / "data", workers=1)
    report = check(tmp_path / "data")
    assert failed(report) == []
    passed = names_of(report, Verdict.PASS)
    assert passed >= {"calendar", "server_offset", "server_growth", "missing_rate"} | more
    assert passed >= {"profile_spread", "events", "season", "holiday", "eoq", "resize"}


def test_an_sd_that_spreads_about_none_passes(tmp_path: Path) -> None:
    spread = {"sd.cpu": {"kind": "normal", "sd": 3}}
    config = make_config(**HOURLY, archetypes={"web": {"sd": {"cpu": 0}, "spread": spread}})
    build(config, tmp_path / "data")
    report = check_only({"server_spread"}, tmp_path / "data")
    assert "server_spread" in names_of(report, Verdict.PASS)


def test_values_on_a_grid_that_events_multiply_pass(tmp_path: Path) -> None:
    surge = {"type": "surge", "scope": "criticality", "per_year": 60, "mean_hours": 100}
    config = make_config(
        granularity="720min",
        num_servers=13,
        start_date="2024-02-25",
        end_date="2024-06-03",
        layers={
            "resolution": {"net_in": 20},  # which net_out, made of it, does not have
            "events": {"random": {"rush": {**surge, "magnitude": 1.5, "metrics": ["net_in"]}}},
        },
    )
    build(config, tmp_path / "data")
    assert not failed(check_but_remade(tmp_path / "data"))


def test_labels_of_events_outside_their_time_fail(tmp_path: Path) -> None:
    panel = {**HOURLY, "truth": True}
    later = {"launch": {**LISTED["launch"], "start": "2024-01-08", "end": "2024-01-12"}}
    build(make_config(**panel, layers={"events": {"listed": LISTED}}), tmp_path / "data", workers=1)
    config_file = tmp_path / "config.yaml"
    config_file.write_text(json.dumps({**panel, "layers": {"events": {"listed": later}}}))
    report = check_only({"events"}, tmp_path / "data", config_file)
    (rule,) = (rule for rule in report.rules if rule.name == "events")
    wrong = {finding.subject for finding in rule.findings if finding.verdict is Verdict.FAIL}
    assert "labels of events that do not touch their cell" in wrong

"""Listed events: whom they happen to, no end, refusals where they would vanish, and ledger gaps."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from capgen import Config, build, plan
from capgen.cli.app import main
from capgen.errors import ConfigError
from capgen.panel.ledger import ledger
from capgen.storage.layout import EVENTS
from tests.conftest import make_config
from tests.everything import LAYERS
from tests.panels import WIDE_CLIPS, sorted_scan

WINDOW = {"start_date": "2023-12-28", "end_date": "2024-01-06"}
USUAL: dict[str, Any] = {"num_servers": 60, "granularity": "hourly", "truth": True, **WINDOW}
SURGE = {"type": "surge", "magnitude": 1.3, "metrics": ["disk"]}
START = "2023-12-30"
END = "2024-01-03 12:00"
COLUMNS = {"server": "server_id", "app": "app_name"}


def with_event(event: dict[str, Any], **overrides: Any) -> Config:
    values = {**USUAL, **overrides}
    listed = {"launch": {**SURGE, "start": START, **event}}
    return make_config(**values, layers={"events": {"listed": listed}})


SCOPES: dict[str, dict[str, Any]] = {
    "of_server": {"server": "server_004"},
    "of_app": {"app": "IT-app-1"},
    "of_region": {"region": "EU"},
    "of_unit": {"business_unit": "Retail"},
    "of_criticality": {"criticality": "High"},
    "of_type": {"server_type": "database"},
    "of_two": {"where": {"region": ["EU", "Asia"], "server_type": "web"}},
    "of_servers": {"where": {"server": ["server_001", "server_050"]}},
    "of_three": {
        "where": {"business_unit": "IT", "criticality": ["Low", "Medium"], "region": "EU"}
    },
}


def test_listed_events_happen_to_those_that_their_scopes_name() -> None:
    listed = {name: {**SURGE, "start": START, "end": END, **SCOPES[name]} for name in SCOPES}
    config = make_config(
        **USUAL, decimals=9, metrics=WIDE_CLIPS, layers={"events": {"listed": listed}}
    )
    panel = sorted_scan(config)
    happening = pl.col("event_id").fill_null("").str.split("+")
    lasts = pl.col("timestamp").is_between(
        datetime(2023, 12, 30), datetime(2024, 1, 3, 12), closed="left"
    )
    lines = {line["id"]: line for line in ledger(config)}
    for name, scope in SCOPES.items():
        inside = lasts
        for key, values in scope.get("where", scope).items():
            wanted = values if isinstance(values, list) else [values]
            inside &= pl.col(COLUMNS.get(key, key)).is_in(wanted)
        hit = panel.filter(inside)
        assert hit.height > 0, name
        assert panel.filter(happening.list.contains(name)).equals(hit), name
        assert lines[name]["servers"] == sorted(hit["server_id"].unique())
        assert lines[name]["scope"] == next(iter(scope))
    differs = panel["disk_p95"] != sorted_scan(config.clean_twin())["disk_p95"]
    assert (differs == panel["event_id"].is_not_null()).all()


def test_the_ledger_says_a_condition_in_words() -> None:
    where = {"region": ["EU", "Asia"], "server_type": "web"}
    (line,) = ledger(with_event({"where": where}))
    assert line["subject"] == "region EU or Asia, server_type web"


def test_an_event_without_an_end_lasts_for_ever_whatever_the_window() -> None:
    config = with_event({"region": "EU"})
    later = with_event({"region": "EU"}, end_date="2024-01-20", growth={"trend": "monthly"})
    first = with_event({"region": "EU"}, growth={"trend": "monthly"})
    whole = sorted_scan(later)
    part = sorted_scan(first)
    inside = whole["timestamp"] < datetime(2024, 1, 7)
    assert whole.filter(inside).equals(part)
    since = (whole["timestamp"] >= datetime(2023, 12, 30)) & (whole["region"] == "EU")
    assert whole.filter(since)["event_id"].is_not_null().mean() > 0.9  # type: ignore[operator]
    (line,) = ledger(config)
    assert (line["start"], line["end"]) == ("2023-12-30T00:00:00", None)


VANISHED = [
    (
        {"region": "EU", "start": "2024-01-07"},
        "expected some of the window 2023-12-28 to 2024-01-06",
    ),
    (
        {"region": "EU", "start": "2023-01-01", "end": "2023-12-28"},
        "got 2023-01-01 00:00 to 2023-12-28 00:00",
    ),
    (
        {"where": {"region": "EU", "server": "server_000"}},
        "got none of 60 with 'region EU, server server_000'",
    ),
    ({"region": "Mars"}, "got none of 60 with 'Mars' (region)"),
]


@pytest.mark.parametrize(("event", "says"), VANISHED, ids=lambda each: str(each)[:40])
def test_a_listed_event_that_would_vanish_is_refused_by_name(
    event: dict[str, Any], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    regions = {"US-East": 1, "EU": 1, "Asia": 1, "Mars": 0}
    config = with_event(event, fleet={"region": regions})
    for ask in (lambda: build(config, tmp_path / "data"), lambda: plan(config)):
        with pytest.raises(ConfigError) as refused:
            ask()
        assert says in str(refused.value)
        assert str(refused.value).startswith("layers.events.listed.launch: ")
        assert "--set layers.events.listed.launch=null" in str(refused.value)
    file = tmp_path / "config.yaml"
    listed = {"launch": {**SURGE, "start": START, **event}}
    layers = {"events": {"listed": listed}}
    file.write_text(
        json.dumps({**WINDOW, "num_servers": 60, "fleet": {"region": regions}, "layers": layers})
    )
    for command in (["build", "--out", str(tmp_path / "data"), "--config"], ["config", "check"]):
        assert main([*command, str(file)]) == 2
        assert says in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["config.yaml"]


def test_a_slice_without_the_event_can_be_scanned_and_has_the_same_cells() -> None:
    values = {"region": "EU", "end": END}
    whole = sorted_scan(with_event(values, growth={"trend": "monthly", "origin": "2023-01-01"}))
    growth = {"trend": "monthly", "origin": "2023-01-01"}
    part = sorted_scan(with_event(values, growth=growth, start_date="2024-01-05"))
    assert part.equals(whole.filter(pl.col("timestamp") >= datetime(2024, 1, 5)))


def test_an_event_inside_the_later_window_does_not_hinder_extending(tmp_path: Path) -> None:
    event = {"region": "EU", "start": "2024-01-01", "end": "2024-02-01"}
    growth = {"trend": "monthly"}
    few = {"num_servers": 12, "granularity": "daily", "growth": growth}
    build(with_event(event, **few), tmp_path / "data")
    later = build(with_event(event, **few, end_date="2024-03-01"), tmp_path / "data")
    assert later.rows == 12 * 65
    assert json.loads((tmp_path / "data" / EVENTS).read_text())["id"] == "launch"


def covered(panel: pl.DataFrame, lines: list[dict[str, Any]]) -> pl.Series:
    """Return which rows lie in a stretch without values."""
    here = pl.lit(False)
    for line in lines:
        inside = pl.col("server_id").is_in(line["servers"])
        if line["start"]:
            inside &= pl.col("timestamp") >= datetime.fromisoformat(line["start"])
        if line["end"]:
            inside &= pl.col("timestamp") < datetime.fromisoformat(line["end"])
        here |= inside
    return panel.select(here.alias("here")).to_series()


@pytest.mark.parametrize("granularity", ["daily", "15min"])
def test_the_ledger_names_every_stretch_without_values(granularity: str) -> None:
    gaps = {"per_year": 60, "mean_hours": 20}
    missing = {"server_outages": gaps, "fleet_gaps": {"per_year": 100, "mean_hours": 30}}
    life = {**LAYERS["server_life"], "first_day": "2023-12-25", "last_day": "2024-01-12"}
    layers = {"missing": missing, "server_life": {**life, "born_share": 0.4, "retired_share": 0.4}}
    config = make_config(
        **{**WINDOW, "end_date": "2024-01-20"},
        granularity=granularity,
        num_servers=12,
        layers=layers,
    )
    panel = sorted_scan(config)
    lines = list(ledger(config))
    assert {line["type"] for line in lines} == {"gap", "unborn", "retired"}
    assert {line["scope"] for line in lines} == {"server", "fleet"}
    assert len({line["id"] for line in lines}) == len(lines)
    null = panel.select(pl.all_horizontal(pl.col("^.*_p95$").is_null())).to_series()
    assert null.any()
    assert (covered(panel, lines) == null).all()

"""Business units, regions and apps have people's own names, which come out as they went in."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

import capgen
from capgen import ConfigError, check, load_config
from capgen.cli.app import main
from capgen.quality.outcome import Report
from tests.conftest import BuildOnce, make_config
from tests.pages import page_of

UNITS = [
    "R&D",
    "São Paulo",
    "AT&T, Inc.",
    'it\'s "one"',
    "<b>Ops</b>",
    "研究",
    "50 % = half",
    "C:\\IT",
]
REGIONS = ["EMEA/UK", "São Paulo", "../up", "Asia; drop table panel --", "$HOME*?[x]"]
ODD: dict[str, Any] = {
    "num_servers": 20,
    "start_date": "2024-03-01",
    "end_date": "2024-03-05",
    "granularity": "hourly",
    "truth": True,
    "fleet": {
        "apps_per_business_unit": 1,
        "business_unit": {
            **dict.fromkeys(["Trading", "Retail", "Compliance", "IT"]),
            **dict.fromkeys(UNITS, 1),
        },
        "region": {
            **dict.fromkeys(["US-East", "US-West", "EU", "Asia"]),
            **dict.fromkeys(REGIONS, 1),
        },
    },
    "layers": {
        "local_time": {
            "zones": {"EMEA/UK": "Europe/London", "São Paulo": "America/Sao_Paulo"},
            "holidays": {"São Paulo": {"country": "BR", "subdivision": "SP", "observed": True}},
        },
        "events": {
            "random": {
                "rush": {
                    "type": "surge",
                    "scope": "app",
                    "per_year": 90,
                    "mean_hours": 9,
                    "magnitude": 1.5,
                    "metrics": ["cpu"],
                }
            },
            "listed": {
                "launch": {
                    "type": "surge",
                    "region": "EMEA/UK",
                    "start": "2024-03-02",
                    "end": "2024-03-03",
                    "magnitude": 1.5,
                    "metrics": ["cpu"],
                    "cause": "l'été à « Ops » <script>",
                },
                "move": {
                    "type": "outage",
                    "app": "R&D-app-0",
                    "start": "2024-03-04",
                    "end": "2024-03-05",
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(**ODD)


@pytest.fixture(scope="module")
def checked(dataset: Path) -> Report:
    return check(dataset)


def test_names_stand_in_the_panel(dataset: Path, checked: Report) -> None:
    rows = capgen.open(dataset).scan().collect()
    assert set(rows["business_unit"]) <= set(UNITS)
    assert set(rows["region"]) <= set(REGIONS)
    assert rows["region"].n_unique() == len(REGIONS)
    assert set(rows["app_name"]) == {f"{unit}-app-0" for unit in rows["business_unit"].unique()}
    made = capgen.scan(make_config(**ODD)).collect().select(rows.columns)
    key = ["server_id", "timestamp"]
    assert (
        made.sort(key)
        .cast({"server_type": pl.String})
        .equals(rows.sort(key).cast({"server_type": pl.String}))
    )
    assert checked.passed


def test_events_name_them(dataset: Path) -> None:
    events = [
        json.loads(line) for line in (dataset / "_capgen/events.ndjson").read_text().splitlines()
    ]
    assert {"R&D-app-0", "EMEA/UK"} <= {event["subject"] for event in events}
    assert "l'été à « Ops » <script>" in {event["cause"] for event in events}


def test_csv_holds_them(dataset: Path, tmp_path: Path) -> None:
    file = tmp_path / "panel.csv"
    assert main(["export", str(dataset), str(file), "--format", "csv"]) == 0
    with file.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    columns = ["business_unit", "region", "app_name"]
    expected = capgen.open(dataset).scan().select(columns).unique().collect()
    assert {tuple(row[name] for name in columns) for row in rows} == set(expected.rows())


def test_rollup_query_and_macros_hold_them(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rollup", str(dataset), "--to", "daily", "--out", str(tmp_path / "rollup")]) == 0
    files = f"{tmp_path}/rollup/**/*.parquet"
    with duckdb.connect() as connection:
        found = connection.execute(
            "select distinct region from read_parquet($1)", [files]
        ).fetchall()
    assert {region for (region,) in found} == set(REGIONS)
    capsys.readouterr()
    where = "select count(*) from panel where region = 'EMEA/UK'"
    assert main(["query", where, "--data", str(dataset), "--format", "csv"]) == 0
    assert int(capsys.readouterr().out.split()[-1]) > 0


def test_the_report_shows_them_as_text(dataset: Path, checked: Report) -> None:
    text = page_of(dataset, "odd names", checked=checked)
    assert "&lt;b&gt;Ops&lt;/b&gt;" in text
    assert "<b>Ops</b>" not in text
    assert "<script>" not in text.replace("<script>", "", text.count("</script>"))


@pytest.mark.parametrize("name", ["", " x", "x ", "a\tb", "a\nb", "a\u200bb", "x" * 41])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="printable characters"):
        make_config(fleet={"region": {name: 1}})


def test_the_separator_of_events_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"expected a name without \+, which stands between the ids of events"
    ):
        make_config(fleet={"region": {"US+EU": 1}})


def test_the_command_line_takes_them() -> None:
    assert (
        main(
            [
                "config",
                "show",
                "--set",
                "fleet.region.EMEA/UK=1",
                "--set",
                "fleet.business_unit.R&D=2",
            ]
        )
        == 0
    )


def test_a_shown_configuration_holds_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.yaml").write_text(json.dumps(ODD, ensure_ascii=False), encoding="utf-8")
    assert main(["config", "show", "--config", str(tmp_path / "odd.yaml")]) == 0
    shown = tmp_path / "shown.yaml"
    shown.write_text(capsys.readouterr().out, encoding="utf-8")
    assert load_config(shown, environment={}) == make_config(**ODD)

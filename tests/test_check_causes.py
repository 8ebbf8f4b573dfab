"""A check says what made its rules fail: server, column, deed; it explains its rules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from capgen.cli.app import main
from capgen.dataset.manifest import read_manifest
from capgen.quality.check import check
from capgen.quality.rules import BY_NAME, RULES
from tests.conftest import make_config
from tests.data_faults import METRICS, built, each, of, read, write

CONFIG = make_config(num_servers=20, start_date="2023-01-01", end_date="2023-12-31")
ONE = "server_003"


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(CONFIG, tmp_path_factory.mktemp("good") / "data")


@pytest.fixture(scope="module")
def scaled(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every value of one server × 1.3."""
    change = each(of(ONE), METRICS, lambda column: (column * 1.3).clip(0, 100).round(2))
    return write(change(read(good)), tmp_path_factory.mktemp("scaled") / "data", good)


def test_files_and_causes_are_said_first_and_rules_stand_under_them(
    scaled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(scaled)]) == 1
    first, *_ = capsys.readouterr().out.splitlines()
    assert first.startswith("Not the files that the manifest names: year=2023/server_type=")
    assert "capgen verify" in first
    assert main(["check", str(scaled), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert len([path for path in said["altered"] if path.endswith(".parquet")]) == 4
    assert {ONE} == {server for cause in said["causes"] for server in cause["servers"]}
    assert any(
        "× 1.3 throughout" in cause["text"] and "cpu_p95" in cause["columns"]
        for cause in said["causes"]
    )
    rules = {rule for cause in said["causes"] for rule in cause["rules"]}
    assert rules >= {"remade", "level", "spread"}
    assert rules == {rule["rule"] for rule in said["rules"] if rule["verdict"] == "fail"}


def test_a_rule_that_fails_by_nothing_that_is_known_stands_alone(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rows out of order are no matter of the server whose label is wrong, nor of its values."""
    panel = read(good).with_columns(
        region=pl.when(of(ONE)).then(pl.lit("Mars")).otherwise("region")
    )
    folder = write(panel.sort("timestamp", "server_id"), tmp_path / "data", good)
    assert main(["check", str(folder)]) == 1
    output = capsys.readouterr().out
    assert f"{ONE}: region 'Mars', remade" in output
    assert "fails remade, metadata" in output
    assert "Failed beside these: order" in output


def test_good_data_has_no_causes(good: Path) -> None:
    report = check(good)
    assert report.passed
    assert (report.causes, report.altered) == ((), ())
    assert {rule.name for rule in report.rules} <= set(BY_NAME)


def test_rules_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [
        rule.name for rule in RULES
    ]
    assert main(["check", "--explain", "remade"]) == 0
    assert "made again from the manifest's configuration" in capsys.readouterr().out
    assert main(["check", "--explain", "weakend"]) == 2
    assert "did you mean 'weekend'?" in capsys.readouterr().err


def test_rules_are_explained_to_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [each["rule"] for each in listed] == [rule.name for rule in RULES]
    assert main(["check", "--explain", "remade", "--json"]) == 0
    (remade,) = (each for each in listed if each["rule"] == "remade")
    assert json.loads(capsys.readouterr().out) == remade


def test_figures_and_where_an_expectation_comes_from_are_said_in_words(
    good: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = shutil.copytree(good, tmp_path / "bare", ignore=shutil.ignore_patterns("_capgen"))
    keys = {
        key: read_manifest(good).config[key] for key in ("num_servers", "start_date", "end_date")
    }
    (tmp_path / "expected.yaml").write_text(json.dumps(keys))
    assert main(["check", str(bare), "--config", str(tmp_path / "expected.yaml")]) == 0
    table, said = capsys.readouterr()
    assert "share of the configured weekend effect" in table
    assert "num_servers, start_date, end_date from " in said
    assert "expected.yaml" in said
    assert "default" in said

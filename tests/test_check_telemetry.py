"""`check` of telemetry: good data passes, and each fault fails its rule and no other."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

import capgen
from capgen import RequestError
from capgen.cli.app import main
from capgen.quality.evidence.units import allowed_range
from capgen.quality.findings import Verdict
from capgen.quality.outcome import Report
from tests.checking import check_only
from tests.conftest import deep
from tests.data_faults import put
from tests.telemetry_faults import (
    CONFIG,
    FAULTS,
    IN_FILES,
    LATER,
    MOMENT,
    OF_ONE,
    Fault,
    both,
    in_file,
)
from tests.telemetry_panels import panel_of, rows_of, write_panel

RULES = [
    *("schema", "order", "calendar", "unique_keys", "grid", "server_labels", "presence"),
    *("continuity", "unit_range", "no_constants", "no_copies", "same_time", "same_unit"),
]
# Faults that the rows have at once, each of rules of its own.
TOGETHER = [
    ["missing rows", "value out of range", "constant server", "label that changes", "lost values"],
    ["duplicate keys", "gap", "fractions", "label that ends"],
    ["server shifted", "kilobits", "constant server", "not a number"],
    ["near copy"],
    ["copy at another time"],
]


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return rows_of(CONFIG)


@pytest.fixture(scope="module")
def good(rows: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_panel(tmp_path_factory.mktemp("good") / "telemetry", rows, CONFIG)


def assert_found(report: Report, faults: list[Fault]) -> None:
    """Say that just the rules of some faults fail, with the words of each."""
    rules = {rule for fault in faults for rule in fault.rules}
    assert set(report.names(Verdict.FAIL)) == rules, report
    worst = [rule.worst for rule in report.rules if rule.name in rules]
    text = " ".join(f"{each.subject} {each.note} {' '.join(each.columns)}" for each in worst)
    for words in (words for fault in faults for words in fault.said):
        assert words in text


def test_a_realistic_fleet_passes_and_a_server_without_a_metric_is_said(tmp_path: Path) -> None:
    config = panel_of("realistic", seed=3, num_servers=12, end_date="2024-01-14")
    own = pl.col("server_id") == "server_004"
    without = rows_of(config).with_columns(disk_p95=pl.when(~own).then("disk_p95"))
    report = capgen.check(write_panel(tmp_path / "telemetry", without, config))
    assert report.passed, report
    (presence,) = (rule for rule in report.rules if rule.name == "presence")
    notes = [finding.note for finding in presence.findings if finding.subject == "disk_p95"]
    assert notes == ["1 server without any disk_p95"]


@pytest.mark.parametrize(
    "names", [*TOGETHER, *(pytest.param([name], marks=deep) for name in FAULTS)], ids=", ".join
)
def test_each_fault_fails_its_rule_and_names_who(
    rows: pl.DataFrame, tmp_path: Path, names: list[str]
) -> None:
    faulty = rows
    for name in names:
        faulty = FAULTS[name].change(faulty)
    report = capgen.check(write_panel(tmp_path / "telemetry", faulty, CONFIG))
    assert_found(report, [FAULTS[name] for name in names])


def test_a_server_with_the_series_of_another_for_most_of_the_time_is_no_copy(
    rows: pl.DataFrame, tmp_path: Path
) -> None:
    copied = FAULTS["duplicated server"].change(rows)
    mostly = pl.concat([rows.filter(~LATER), copied.filter(LATER)])
    folder = write_panel(tmp_path / "telemetry", mostly, CONFIG)
    assert check_only({"no_copies"}, folder).passed


OF_A_METRIC = {
    "8 of 14 days without it": put(
        OF_ONE & LATER & (pl.col("timestamp") < datetime(2024, 1, 13)), net_in_p95=None
    ),
    "none at every second step": put(
        OF_ONE & (pl.int_range(pl.len()).hash(7) % 2 == 0), mem_p95=None
    ),
    "one of 103 among fractions": both(
        FAULTS["fractions"].change, put(OF_ONE & MOMENT, cpu_p95=103.0)
    ),
    "a day without rows": FAULTS["missing rows"].change,
}


@pytest.mark.parametrize("fault", OF_A_METRIC)
def test_what_a_metric_lacks_hides_no_shift(rows: pl.DataFrame, tmp_path: Path, fault: str) -> None:
    faulty = OF_A_METRIC[fault](FAULTS["server shifted"].change(rows))
    report = check_only({"same_time"}, write_panel(tmp_path / "telemetry", faulty, CONFIG))
    assert_found(report, [FAULTS["server shifted"]])


def test_a_server_that_works_at_night_is_not_shifted(tmp_path: Path) -> None:
    config = panel_of("realistic", seed=120, num_servers=40, end_date="2024-01-14")
    folder = write_panel(tmp_path / "telemetry", rows_of(config), config)
    assert check_only({"same_time"}, folder).passed


@pytest.mark.parametrize(
    "names",
    [list(IN_FILES), *(pytest.param([name], marks=deep) for name in IN_FILES)],
    ids=", ".join,
)
def test_each_fault_of_a_file_fails_its_rule(
    rows: pl.DataFrame, tmp_path: Path, names: list[str]
) -> None:
    folder = write_panel(tmp_path / "telemetry", rows, CONFIG)
    for name in names:
        in_file(folder, IN_FILES[name].change)
    report = capgen.check(folder)
    assert_found(report, [IN_FILES[name] for name in names])
    assert len(report.altered) == 1


def test_limits_are_set(
    rows: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulty = FAULTS["gap"].change(FAULTS["lost values"].change(rows))
    folder = write_panel(tmp_path / "telemetry", faulty, CONFIG)
    assert capgen.open(folder).check(max_missing=0.2, max_gap=timedelta(days=8)).passed
    options = ["--max-missing", "20%", "--max-gap", "191h", "--json"]
    assert main(["check", str(folder), *options]) == 1
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert [rule["rule"] for rule in rules if rule["verdict"] == "fail"] == ["continuity"]


@pytest.mark.parametrize(
    ("option", "text"), [("--max-missing", "105%"), ("--max-missing", "x"), ("--max-gap", "7")]
)
def test_limits_that_are_none_are_refused(
    good: Path, option: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(good), option, text]) == 2
    assert f"got '{text}'" in capsys.readouterr().err


def test_a_build_has_no_limits_but_its_own(tmp_path: Path) -> None:
    capgen.build(panel_of(num_servers=2, end_date="2024-01-02"), tmp_path / "data")
    with pytest.raises(RequestError, match="leave them out"):
        capgen.check(tmp_path / "data", max_missing=0.2)


def test_good_telemetry_passes_every_rule(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(good)]) == 0
    table = capsys.readouterr().out
    assert all(f"\n{name} " in table for name in RULES)
    assert f"{good}: 13 rules: 13 pass" in table
    assert main(["check", str(good), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [rule["rule"] for rule in document["rules"]] == RULES
    assert {rule["verdict"] for rule in document["rules"]} == {"pass"}
    assert (document["passed"], document["sample"]) == (True, None)
    assert (document["causes"], document["altered"]) == ([], [])


@pytest.mark.parametrize(
    ("unit", "ends"),
    [
        ("percent", (0, 100)),
        ("fraction", (0, 1)),
        ("Mbit/s", (0, float("inf"))),
        ("Mbps", (0, float("inf"))),
        ("GiB", (0, float("inf"))),
        ("°C", (-float("inf"), float("inf"))),
        ("", (-float("inf"), float("inf"))),
    ],
)
def test_units_say_which_values_there_may_be(unit: str, ends: tuple[float, float]) -> None:
    assert allowed_range(unit) == ends

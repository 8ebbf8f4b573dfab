"""Of a large panel, the statistical rules look at some servers, and the exact ones at every row."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl
import pytest

from capgen import build
from capgen.cli.app import main
from capgen.config import Config
from capgen.quality.expected.groups import groups_of
from capgen.quality.findings import Verdict
from capgen.quality.sample import Sample, evenly_spread
from tests.checking import check_but_remade, check_only
from tests.conftest import make_config
from tests.data_faults import Change, read, write
from tests.test_check import with_shuffled, wrong_subjects

PANEL = {
    "granularity": "hourly",
    "num_servers": 60,
    "start_date": "2024-03-01",
    "end_date": "2024-03-14",
}
HOURS = 14 * 24
MOST_ROWS = 24 * HOURS  # 6 servers of each archetype
CONFIG = make_config(**PANEL)
SPARED = "server_012"  # of web, and not looked at
MOMENT = pl.datetime(2024, 3, 7, 5)


def failed_in_part(folder: Path, config_file: Path | None = None) -> set[str]:
    """Return the rules that failed, of all but `remade`, where some servers are looked at."""
    report = check_but_remade(folder, config_file, most_rows=MOST_ROWS)
    return set(report.names(Verdict.FAIL))


def ids(config: Config, most_rows: int | None) -> list[str]:
    return groups_of(config, most_rows).members["server_id"].to_list()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "data"
    build(CONFIG, folder)
    return folder


def test_a_small_panel_is_looked_at_whole_and_a_large_one_in_part(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*options: str) -> str:
        assert main(["check", str(good), *options]) == 0
        return capsys.readouterr().out

    whole = Sample(60, 60, 60 * HOURS, 60 * HOURS)
    assert check_only({"schema"}, good).sample == whole
    monkeypatch.setattr("capgen.quality.sample.MOST_ROWS", MOST_ROWS)
    assert "The statistical rules looked at 24 of 60 servers and 8,064 of 20,160 rows." in said()
    everything = json.loads(said("--all", "--json"))
    assert everything["sample"] == asdict(whole)
    assert {"remade", "level"} <= {rule["rule"] for rule in everything["rules"]}


def test_all_archetypes_are_looked_at_in_several_parts_of_the_fleet() -> None:
    frame = pl.DataFrame({"server_id": [f"server_{each:03d}" for each in range(100)]})
    for most in range(1, 101):
        positions = [int(each[-3:]) for each in evenly_spread(frame, most)["server_id"]]
        assert len(set(positions)) == most
        assert positions == sorted(positions)
        assert max(positions) >= min(3, most - 1) * 25
    assert evenly_spread(frame, 1000).equals(frame)
    assert len(ids(CONFIG, MOST_ROWS)) == 6 * len(CONFIG.archetypes)
    assert len(ids(CONFIG, 1)) == 5 * len(CONFIG.archetypes)  # however little is asked for


# A fault that all servers have is in those that are looked at.


def test_a_fault_of_all_servers_is_found(good: Path, tmp_path: Path) -> None:
    lower = read(good).with_columns(pl.col("mem_p95") * 0.97)
    changed = with_shuffled("net_in_p95", ["server_type", "timestamp"])(lower)
    found = failed_in_part(write(changed, tmp_path / "data", good))
    assert found >= {"level", "correlation"}


def test_effects_that_are_missing_are_found(tmp_path: Path) -> None:
    archetypes = {"web": {"weekend_factor": 1.0}, "application": {"business_hours_factor": 1.0}}
    build(make_config(**PANEL, archetypes=archetypes), tmp_path / "data")
    said = tmp_path / "said.json"
    said.write_text(json.dumps(PANEL))
    report = check_but_remade(tmp_path / "data", said, most_rows=MOST_ROWS)
    assert "web, all metrics" in wrong_subjects(report, "weekend")
    assert "application, all metrics" in wrong_subjects(report, "business_hours")


# A fault in rows of a server that is not looked at is found exactly.


def is_spared(moment: pl.Expr) -> pl.Expr:
    return (pl.col("server_id") == SPARED) & (pl.col("timestamp") == moment)


def with_cells(**values: float) -> Change:
    here = is_spared(MOMENT)
    return lambda panel: panel.with_columns(
        pl.when(here)
        .then(pl.lit(value))
        .otherwise(pl.col(name))
        .cast(panel.schema[name])
        .alias(name)
        for name, value in values.items()
    )


def with_rows(copies: int, here: pl.Expr) -> Change:
    return lambda panel: pl.concat([panel.filter(~here), *[panel.filter(here)] * copies])


def test_a_wrong_row_and_a_missing_one_are_found(good: Path, tmp_path: Path) -> None:
    assert SPARED not in ids(CONFIG, MOST_ROWS)
    wrong = with_cells(cpu_p95=100.01, mem_p95=float("nan"), is_eoq=1)(read(good))
    changed = with_rows(0, is_spared(MOMENT + pl.duration(hours=30)))(wrong)
    found = failed_in_part(write(changed, tmp_path / "data", good))
    assert found == {"valid_range", "calendar", "row_count", "no_gaps"}


def test_a_row_twice_and_values_that_are_gone_are_found(good: Path, tmp_path: Path) -> None:
    looked_at = pl.col("server_id").is_in(ids(CONFIG, MOST_ROWS))
    twice = with_rows(2, is_spared(MOMENT))(read(good))
    changed = twice.with_columns(cpu_p95=pl.when(looked_at).then("cpu_p95"))
    found = failed_in_part(write(changed, tmp_path / "data", good))
    assert found == {"row_count", "unique_keys", "order", "completeness"}

"""Of a large panel, the statistical rules look at some servers, and the exact ones at every row."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from capgen import build, check
from capgen.cli.app import main
from capgen.config import Config
from capgen.quality.expected.groups import groups_of
from capgen.quality.findings import Verdict
from capgen.quality.outcome import Report
from capgen.quality.sample import Sample, evenly_spread
from tests.conftest import make_config
from tests.data_faults import Change, read, write
from tests.test_check import with_shuffled

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


def failed(report: Report) -> set[str]:
    """Return the rules that failed but `remade`, which finds every change, as its own tests say."""
    return set(report.names(Verdict.FAIL)) - {"remade"}


def ids(config: Config, most_rows: int | None) -> list[str]:
    return groups_of(config, most_rows).members["server_id"].to_list()


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample") / "data"
    build(CONFIG, folder)
    return folder


def test_a_small_panel_is_looked_at_whole_and_a_large_one_in_part(good: Path) -> None:
    whole = check(good)
    part = check(good, most_rows=MOST_ROWS)
    assert (
        whole.sample == Sample(60, 60, 60 * HOURS, 60 * HOURS) == check(good, most_rows=None).sample
    )
    assert part.sample == Sample(24, 60, 24 * HOURS, 60 * HOURS)
    assert failed(whole) == failed(part) == set()
    assert [rule.name for rule in whole.rules] == [rule.name for rule in part.rules]


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


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        pytest.param(
            lambda panel: panel.with_columns(pl.col("mem_p95") * 0.97),
            "level",
            id="one metric too low",
        ),
        pytest.param(
            with_shuffled("mem_p95", ["server_type", "timestamp"]), "correlation", id="shuffled"
        ),
    ],
)
def test_a_fault_of_all_servers_is_found(
    change: Change, rule: str, good: Path, tmp_path: Path
) -> None:
    assert rule in failed(
        check(write(change(read(good)), tmp_path / "data", good), most_rows=MOST_ROWS)
    )


def test_a_missing_effect_is_found(tmp_path: Path) -> None:
    flat = {name: {"weekend_factor": 1.0} for name in CONFIG.archetypes}
    build(make_config(**PANEL, archetypes=flat), tmp_path / "data")
    said = tmp_path / "said.json"
    said.write_text(json.dumps(PANEL))
    assert "weekend" in failed(check(tmp_path / "data", said, most_rows=MOST_ROWS))


# A fault in one row of a server that is not looked at is found exactly.


def with_cells(**values: float) -> Change:
    here = (pl.col("server_id") == SPARED) & (pl.col("timestamp") == MOMENT)
    return lambda panel: panel.with_columns(
        pl.when(here)
        .then(pl.lit(value))
        .otherwise(pl.col(name))
        .cast(panel.schema[name])
        .alias(name)
        for name, value in values.items()
    )


def with_rows(copies: int) -> Change:
    here = (pl.col("server_id") == SPARED) & (pl.col("timestamp") == MOMENT)
    return lambda panel: pl.concat([panel.filter(~here), *[panel.filter(here)] * copies])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(with_cells(cpu_p95=100.01), {"valid_range"}, id="above the clip"),
        pytest.param(
            with_cells(mem_p95=float("nan"), is_eoq=1),
            {"valid_range", "calendar"},
            id="NaN and a wrong flag",
        ),
        pytest.param(with_rows(2), {"row_count", "unique_keys", "order"}, id="a row twice"),
        pytest.param(with_rows(0), {"row_count", "no_gaps"}, id="a missing step"),
    ],
)
def test_one_wrong_row_is_found(
    change: Change, expected: set[str], good: Path, tmp_path: Path
) -> None:
    assert SPARED not in ids(CONFIG, MOST_ROWS)
    folder = write(change(read(good)), tmp_path / "data", good)
    assert failed(check(folder, most_rows=MOST_ROWS)) == expected


def test_nulls_of_servers_that_are_not_looked_at_count(good: Path, tmp_path: Path) -> None:
    looked_at = ids(CONFIG, MOST_ROWS)
    panel = read(good)
    value = pl.when(pl.col("server_id").is_in(looked_at)).then(pl.col("cpu_p95"))
    changed = panel.with_columns(value.alias("cpu_p95"))
    assert failed(check(write(changed, tmp_path / "data", good), most_rows=MOST_ROWS)) == {
        "completeness"
    }


# The command.


def test_the_command_says_how_much_it_looked_at(
    good: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*options: str) -> str:
        assert main(["check", str(good), *options]) == 0
        return capsys.readouterr().out

    monkeypatch.setattr("capgen.quality.sample.MOST_ROWS", MOST_ROWS)
    assert "The statistical rules looked at 24 of 60 servers and 8,064 of 20,160 rows." in said()
    everything = "The statistical rules looked at all 60 servers and all 20,160 rows."
    assert everything in said("--all")
    sample = {"servers": 24, "of_servers": 60, "rows": 24 * HOURS, "of_rows": 60 * HOURS}
    assert json.loads(said("--json"))["sample"] == sample

"""The rule `remade`: data whose bits are not its manifest's is found, with server and column."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from capgen.dataset.manifest import read_manifest
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.exact.metadata import metadata_finding
from capgen.quality.exact.order import order_finding
from capgen.quality.exact.remade.fingerprints import ids_to_remake
from capgen.quality.exact.remade.rule import remade_findings
from capgen.quality.findings import Finding, Verdict
from capgen.quality.source import open_source
from capgen.storage.layout import MANIFEST
from tests.conftest import deep, make_config
from tests.data_faults import CONFIG, FAULTS, METRICS, PANEL, built, read, write
from tests.everything import WITH_DYNAMICS

# Faults that a panel has at once, in this order; `tests/bench/check_faults.py` puts in each alone.
TOGETHER = [
    ["region Mars", "a row twice", "one row out of place", "expected × 1.01", "spikes inverted"],
    ["two servers with the same series", "a day late"],
    ["one server of another seed", "zeros with a sign", "an hour missing"],
]


def findings_of(
    folder: Path, config_file: Path | None = None, most_rows: int | None = None
) -> list[Finding]:
    with open_source(folder, config_file) as source:
        evidence = Evidence(source, most_rows)
        return [*order_finding(evidence), *metadata_finding(evidence), *remade_findings(evidence)]


def failures_of(folder: Path) -> str:
    failed = (each for each in findings_of(folder) if each.verdict is Verdict.FAIL)
    return "\n".join(f"{each.rule}: {each.subject}: {each.note}" for each in failed)


def remade(folder: Path, config_file: Path | None = None, most_rows: int | None = None) -> Finding:
    """Return the finding that sums the rule up."""
    return next(
        finding
        for finding in findings_of(folder, config_file, most_rows)
        if finding.rule == "remade"
    )


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(CONFIG, tmp_path_factory.mktemp("good") / "data")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a dataset of fewer servers and days."""
    window = {"num_servers": 6, "start_date": "2023-12-30", "end_date": "2024-01-03"}
    return built(make_config(**PANEL | window), tmp_path_factory.mktemp("few") / "data")


@pytest.fixture(scope="module")
def panel(good: Path) -> pl.DataFrame:
    return read(good)


def test_good_data_passes(good: Path) -> None:
    findings = findings_of(good)
    assert {each.verdict for each in findings} == {Verdict.PASS}
    (found,) = (each for each in findings if each.rule == "remade")
    assert "remade all 20 servers, 13,440 rows" in found.note


def test_good_data_with_dynamics_passes(tmp_path: Path) -> None:
    window = {
        "granularity": "hourly",
        "num_servers": 6,
        "start_date": "2023-12-30",
        "end_date": "2024-01-03",
    }
    assert failures_of(built(make_config(**WITH_DYNAMICS | window), tmp_path / "data")) == ""


@pytest.mark.parametrize(
    "names", [*TOGETHER, pytest.param(["another seed"], marks=deep)], ids=", ".join
)
def test_faults_are_named(
    names: list[str], good: Path, panel: pl.DataFrame, tmp_path: Path
) -> None:
    changed = panel
    for name in names:
        changed = FAULTS[name].change(changed)
    said = failures_of(write(changed, tmp_path / "data", good))
    for name in names:
        assert [words for words in FAULTS[name].said if words not in said] == [], name


def test_other_files_and_another_order_of_rows_change_nothing(few: Path, tmp_path: Path) -> None:
    shuffled = read(few).sample(fraction=1, shuffle=True, seed=3)
    folder = write(shuffled, tmp_path / "data", few, row_group_size=77)
    for file in list(folder.rglob("*.parquet")):
        rows = pl.read_parquet(file, hive_partitioning=False)
        rows[: rows.height // 3].write_parquet(file.with_name("other.parquet"))
        rows[rows.height // 3 :].write_parquet(file)
    assert remade(folder).verdict is Verdict.PASS


# What it looks at.


def test_a_sample_of_whole_servers_by_the_hash_of_their_ids(good: Path) -> None:
    ids = ids_to_remake(CONFIG, 1)
    assert ids_to_remake(CONFIG, None) != ids
    kinds = pl.DataFrame({"server_id": ids}).join(read(good).unique("server_id"), on="server_id")[
        "server_type"
    ]
    assert set(kinds) == set(CONFIG.archetypes)
    note = remade(good, most_rows=1).note
    assert f"remade {len(ids)} of 20 servers, {len(ids) * 672:,} rows" in note
    larger = make_config(**{**PANEL, "num_servers": 400})
    assert set(ids_to_remake(larger, 672 * 100)) < set(ids_to_remake(larger, 672 * 200))


# Whether it can be told.


def test_data_of_another_version_is_not_testable(
    good: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capgen.quality.declared.__version__", "99.0")
    found = remade(good)
    assert found.verdict is Verdict.NOT_TESTABLE
    assert "and this is 99.0" in found.note


def test_data_without_a_manifest_is_not_testable(good: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(good, tmp_path / "data", ignore=shutil.ignore_patterns("_capgen"))
    expected = tmp_path / "expected.json"
    expected.write_text(json.dumps(read_manifest(good).config))
    found = remade(folder, expected)
    assert found.verdict is Verdict.NOT_TESTABLE
    assert "no manifest" in found.note


def test_a_configuration_says_what_to_expect_and_the_manifest_what_was_made(
    few: Path, tmp_path: Path
) -> None:
    expected = tmp_path / "expected.json"
    expected.write_text(json.dumps({**read_manifest(few).config, "seed": 5}))
    assert remade(few, expected).verdict is Verdict.PASS


def test_a_damaged_manifest_beside_a_configuration_is_the_reason(
    good: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(good, tmp_path / "data")
    expected = tmp_path / "expected.json"
    expected.write_text(json.dumps(read_manifest(good).config))
    (folder / MANIFEST).write_text("{}")
    found = remade(folder, expected)
    assert found.verdict is Verdict.NOT_TESTABLE
    assert "manifest_version: expected, got none" in found.note


def test_columns_that_another_rule_finds_wrong_are_left_out(few: Path, tmp_path: Path) -> None:
    folder = write(read(few).cast(dict.fromkeys(METRICS, pl.Float32)), tmp_path / "data", few)
    assert remade(folder).verdict is Verdict.PASS


def test_a_wrong_value_of_the_last_of_many_servers_is_found(tmp_path: Path) -> None:
    many = make_config(num_servers=600, start_date="2024-01-01", end_date="2024-01-01")
    good = built(many, tmp_path / "good")
    last = pl.col("server_id") == pl.col("server_id").max()
    wrong = read(good).with_columns(cpu_p95=pl.when(last).then(1.25).otherwise(pl.col("cpu_p95")))
    folder = write(wrong, tmp_path / "data", good)
    assert remade(good).verdict is Verdict.PASS
    assert remade(folder).verdict is Verdict.FAIL

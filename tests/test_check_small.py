"""A small panel is read once, into the DuckDB that a process keeps, and judged like a large one."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from capgen import sql
from capgen.errors import CapgenError
from capgen.quality import source
from capgen.quality.check import check
from capgen.quality.outcome import Report
from capgen.storage.inspection import has_few_rows
from tests.conftest import BuildOnce


@pytest.fixture(scope="module")
def good(build_once: BuildOnce) -> Path:
    return build_once(num_servers=4, end_date="2022-01-31", truth=True)


@pytest.fixture(scope="module")
def bad(good: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with values too high, a column of another type, and one that nobody knows."""
    folder = tmp_path_factory.mktemp("bad") / "data"
    shutil.copytree(good, folder)
    for file in folder.rglob("*.parquet"):
        rows = pl.read_parquet(file, hive_partitioning=False)
        changed = rows.with_columns(pl.col("cpu_p95") * 1.5, pl.col("month").cast(pl.String))
        changed.with_columns(stray=pl.lit("x")).write_parquet(file)
    return folder


@pytest.fixture(scope="module")
def reports(good: Path, bad: Path) -> dict[Path, Report]:
    """What a check says of each."""
    return {folder: check(folder) for folder in (good, bad)}


def words_of(report: Report) -> list[tuple[Any, ...]]:
    findings = [finding for rule in report.rules for finding in rule.findings]
    return [(each.rule, each.subject, each.verdict, each.note) for each in findings]


def numbers_of(report: Report) -> list[float | None]:
    findings = [finding for rule in report.rules for finding in rule.findings]
    return [number for each in findings for number in (each.off, each.limit)]


@pytest.mark.parametrize(
    ("panel", "limits"),
    [
        ("good", ["_FEW_ROWS"]),
        ("good", ["_FEW_ROWS", "_SOME_ROWS"]),
        ("bad", ["_FEW_ROWS", "_SOME_ROWS"]),
    ],
    ids=str,
)
def test_a_small_panel_is_judged_like_a_large_one(
    panel: str,
    limits: list[str],
    request: pytest.FixtureRequest,
    reports: dict[Path, Report],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = request.getfixturevalue(panel)
    small = reports[folder]
    for limit in limits:
        monkeypatch.setattr(source, limit, 0)
    large = check(folder)
    assert words_of(small) == words_of(large)
    assert numbers_of(small) == pytest.approx(numbers_of(large), abs=1e-9)
    assert small.passed == (panel == "good")


def test_checks_at_the_same_time_see_nothing_of_each_other(reports: dict[Path, Report]) -> None:
    with ThreadPoolExecutor(len(reports)) as threads:
        assert list(threads.map(check, reports)) == list(reports.values())


def test_a_check_leaves_nothing_behind(good: Path, tmp_path: Path) -> None:
    check(good)
    before = kept_names()
    damaged = tmp_path / "data"
    shutil.copytree(good, damaged)
    file = next(damaged.rglob("*.parquet"))
    whole = file.read_bytes()
    file.write_bytes(bytes(len(whole) // 2) + whole[len(whole) // 2 :])
    with pytest.raises(CapgenError):
        check(damaged)
    assert kept_names() == before


def kept_names() -> list[tuple[str]]:
    with sql.connect_kept() as connection:
        return connection.execute("select database_name from duckdb_databases()").fetchall()


def test_a_broken_duckdb_is_not_kept() -> None:
    with sql.open_kept() as connection:
        connection.close()  # so that its database cannot be closed, as after an error of its own
    with sql.open_kept() as connection:
        assert connection.execute("select count(*) from duckdb_databases()").fetchall() == [(4,)]


def test_few_rows_are_counted_over_all_files(good: Path, tmp_path: Path) -> None:
    files = sorted(good.rglob("*.parquet"))
    rows = pl.scan_parquet(good / "**/*.parquet").select(pl.len()).collect().item()
    assert has_few_rows(files, most=rows)
    assert not has_few_rows(files, most=rows - 1)
    assert not has_few_rows([], most=rows)
    (tmp_path / "torn.parquet").write_bytes(b"PAR1")
    assert not has_few_rows([tmp_path / "torn.parquet"], most=rows)

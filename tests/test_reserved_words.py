"""Columns that are words of SQL: every command takes them for names."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import capgen
from capgen.cli.app import main
from capgen.dataset.rollup.rollup import rollup
from capgen.quality.source import open_source
from capgen.report.tables import read_tables
from tests.conftest import BuildOnce

WORDS = ["order", "select", "group", "end", "desc"]
KEYS = ["cpu", "mem", "disk", "net_in", "net_out"]
METRICS = {key: {"column": word} for key, word in zip(KEYS, WORDS, strict=True)}
WINDOW = {"granularity": "hourly", "start_date": "2024-01-01", "end_date": "2024-01-07"}


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(num_servers=5, metrics=METRICS, truth=True, **WINDOW)


def test_it_is_asked(dataset: Path) -> None:
    opened = capgen.open(dataset)
    quoted = ", ".join(f'"{word}"' for word in WORDS)
    query = f"select {quoted} from panel order by server_id, timestamp"  # names of ours
    scanned = opened.scan().sort("server_id", "timestamp").select(WORDS).collect()
    assert opened.sql(query).equals(scanned)
    with capgen.connect(opened.config) as connection:
        assert connection.sql(query).pl().equals(scanned)


def test_it_is_checked_and_reported(dataset: Path) -> None:
    assert capgen.check(dataset).passed
    with open_source(dataset, None) as source:
        assert set(read_tables(source).distribution["metric"]) == set(WORDS)


def test_it_is_exported(dataset: Path, tmp_path: Path) -> None:
    file = tmp_path / "some.parquet"
    columns = f"--columns={','.join(WORDS)}"
    assert main(["export", str(dataset), str(file), columns, "--where=panel.order > 50"]) == 0
    exported = pl.read_parquet(file)
    assert exported.columns == WORDS
    assert exported["order"].min() > 50  # type: ignore[operator]
    assert main(["export", str(dataset), str(tmp_path / "all.duckdb")]) == 0


def test_it_is_rolled_up(dataset: Path, tmp_path: Path) -> None:
    rollup(dataset, "daily", tmp_path / "days")
    days = pl.read_parquet(tmp_path / "days/**/*.parquet")
    assert set(WORDS) <= set(days.columns)
    assert days.height == 5 * 7

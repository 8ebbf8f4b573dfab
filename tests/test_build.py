"""The default dataset, as its users read it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow.parquet
import pytest

from capgen import build
from capgen.config import config_digest
from tests.conftest import BuildOnce, duckdb_command, make_config

# Names and types as in the data contract; DuckDB puts the partition keys, read from the path, last.
COLUMNS = {
    "timestamp": "TIMESTAMP",
    "server_id": "VARCHAR",
    "cpu_p95": "DOUBLE",
    "mem_p95": "DOUBLE",
    "disk_p95": "DOUBLE",
    "net_in_p95": "DOUBLE",
    "net_out_p95": "DOUBLE",
    "business_unit": "VARCHAR",
    "criticality": "VARCHAR",
    "region": "VARCHAR",
    "app_name": "VARCHAR",
    "month": "TINYINT",
    "quarter": "TINYINT",
    "dayofweek": "TINYINT",
    "is_weekend": "TINYINT",
    "is_eoq": "TINYINT",
    "is_holiday": "TINYINT",
    "server_type": "VARCHAR",
    "year": "BIGINT",
}


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once()


def rows(dataset: Path, query: str) -> list[tuple[Any, ...]]:
    """Run a query over `panel`, all Parquet files of a dataset."""
    with duckdb.connect() as connection:
        connection.execute(f"create view panel as from '{dataset}/**/*.parquet'")
        return connection.execute(query).fetchall()


def test_columns_and_types(dataset: Path) -> None:
    assert {name: kind for name, kind, *_ in rows(dataset, "describe panel")} == COLUMNS


def test_counts(dataset: Path) -> None:
    counts = (
        "select count(*), count(distinct timestamp), count(distinct server_id), "
        "count(distinct (server_id, timestamp))"
    )
    assert rows(dataset, f"{counts} from panel") == [(175_320, 1461, 120, 175_320)]
    by_type = rows(dataset, "select server_type, count(distinct server_id) from panel group by 1")
    assert dict(by_type) == {"web": 42, "application": 48, "database": 18, "batch": 12}
    window = rows(dataset, "select min(timestamp)::varchar, max(timestamp)::varchar from panel")
    assert window == [("2022-01-01 00:00:00", "2025-12-31 00:00:00")]


def test_no_nulls(dataset: Path) -> None:
    nulls = ", ".join(f"count(*) - count({column})" for column in COLUMNS)
    assert rows(dataset, f"select {nulls} from panel") == [(0,) * len(COLUMNS)]


def test_one_file_a_partition_and_nothing_else_that_ends_in_parquet(dataset: Path) -> None:
    expected = {
        f"year={year}/server_type={name}/part-00000.parquet"
        for year in range(2022, 2026)
        for name in ("web", "application", "database", "batch")
    }
    assert {str(file.relative_to(dataset)) for file in dataset.rglob("*.parquet")} == expected
    assert {entry.name for entry in dataset.iterdir()} == {
        "_capgen",
        *(f"year={year}" for year in range(2022, 2026)),
    }


def test_files_are_sorted_by_server_and_timestamp(dataset: Path) -> None:
    for file in dataset.rglob("*.parquet"):
        frame = pl.read_parquet(file, hive_partitioning=False)
        keys = frame.select("server_id", "timestamp")
        assert keys.equals(keys.sort("server_id", "timestamp"))
        assert "year" not in frame.columns
        assert "server_type" not in frame.columns


def test_metrics_have_two_decimals_and_stay_inside_their_clip(dataset: Path) -> None:
    for metric in make_config().metrics.values():
        low, high = metric.clip
        column = metric.column
        outside = f"{column} not between {low} and {high} or {column} != round({column}, 2)"
        assert rows(dataset, f"select count(*) from panel where {outside}") == [(0,)]


def test_calendar_columns_agree_with_the_timestamp(dataset: Path) -> None:
    wrong = """
        year != year(timestamp) or month != month(timestamp) or quarter != quarter(timestamp)
        or dayofweek != isodow(timestamp) - 1 or is_weekend != (isodow(timestamp) >= 6)::int
        or is_eoq != (day(timestamp + interval 1 day) = 1 and month(timestamp) % 3 = 0)::int
    """
    assert rows(dataset, f"select count(*) from panel where {wrong}") == [(0,)]
    holidays = rows(
        dataset,
        "select distinct timestamp::date::varchar from panel where is_holiday = 1 and year = 2024",
    )
    assert {"2024-01-01", "2024-07-04", "2024-11-28", "2024-12-25"} <= {day for (day,) in holidays}
    assert len(holidays) < 15


def test_files_say_where_they_come_from(dataset: Path) -> None:
    file = next(dataset.rglob("*.parquet"))
    metadata = pyarrow.parquet.read_metadata(file).metadata
    assert metadata[b"capgen.seed"] == b"42"
    assert metadata[b"capgen.config_digest"].decode() == config_digest(make_config())
    assert b"capgen.version" in metadata


def test_manifest_names_every_file(dataset: Path) -> None:
    manifest = json.loads((dataset / "_capgen/manifest.json").read_text())
    assert manifest["rows"] == 175_320
    assert {file["path"]: file["bytes"] for file in manifest["files"]} == {
        str(file.relative_to(dataset)): file.stat().st_size for file in dataset.rglob("*.parquet")
    }


def test_polars_and_arrow_read_it(dataset: Path) -> None:
    import pyarrow.dataset  # imports pandas

    frame = pl.scan_parquet(dataset / "**/*.parquet", hive_partitioning=True)
    assert set(frame.collect_schema()) == set(COLUMNS)
    assert pyarrow.dataset.dataset(dataset, partitioning="hive").count_rows() == 175_320


def test_the_duckdb_command_reads_it(dataset: Path) -> None:
    query = (
        "select server_type, count(*) as n from 'data/**/*.parquet' "
        "group by 1 order by 2 desc limit 1"
    )
    command = [duckdb_command(), "-csv", "-noheader", "-c", query]
    result = subprocess.run(command, cwd=dataset.parent, capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "application,70128"


def test_overwrite_replaces_a_dataset_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    small = {"num_servers": 3, "end_date": "2022-01-31"}
    build(make_config(**small, seed=1), tmp_path / "data")
    build(make_config(**small, seed=2), tmp_path / "data", overwrite=True)
    file = next((tmp_path / "data").rglob("*.parquet"))
    assert pyarrow.parquet.read_metadata(file).metadata[b"capgen.seed"] == b"2"
    assert [entry.name for entry in tmp_path.iterdir()] == ["data"]


def test_a_failed_build_leaves_the_old_dataset_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = {"num_servers": 3, "end_date": "2022-01-31"}
    build(make_config(**small), tmp_path / "data")
    before = {file: file.read_bytes() for file in (tmp_path / "data").rglob("*.*")}
    monkeypatch.setattr("capgen.storage.local.publishing.write_whole", fail)
    with pytest.raises(OSError, match="no space"):
        build(make_config(**small, seed=2), tmp_path / "data", overwrite=True)
    assert {file: file.read_bytes() for file in (tmp_path / "data").rglob("*.*")} == before


def fail(*_: Any) -> None:
    raise OSError("no space left")


@pytest.mark.parametrize("name", ["an empty folder", 'it\'s "quoted"', "größe ✓"])
def test_out_may_exist_empty_and_have_any_name(name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    target.mkdir()
    result = build(make_config(num_servers=2, end_date="2022-01-02"), target)
    assert result.rows == 4
    assert pl.scan_parquet(target / "**/*.parquet").select(pl.len()).collect().item() == 4

"""`capgen load`: exports come back as they were, whatever their order, and nothing is invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

import capgen
from capgen import load_config, scan
from capgen.cli.app import main
from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.telemetry_manifest import AccountLine, TelemetryManifest

START = datetime(2024, 1, 1)
LABELS = ["server_type", "business_unit", "criticality", "region", "app_name"]
PANEL = {
    "num_servers": 7,
    "granularity": "hourly",
    "start_date": "2023-12-30",
    "end_date": "2024-01-03",
    "layers": {"missing": {"share": {"cpu": 0.2, "mem": 0.1}}},
}


@pytest.fixture(scope="module")
def panel() -> pl.DataFrame:
    rows = scan(load_config(environment={}, overrides=PANEL)).collect()
    return rows.sort("server_id", "timestamp")


def write_mapping(folder: Path, **keys: Any) -> Path:
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(keys, sort_keys=False), encoding="utf-8")
    return path


def loaded(
    folder: Path, exports: list[Path], **options: Any
) -> tuple[pl.DataFrame, TelemetryManifest]:
    """Load exports; return the rows and the manifest."""
    out = folder / f"telemetry{len(list(folder.iterdir()))}"
    capgen.load(exports, out, **options)
    manifest = read_any_manifest(out)
    assert isinstance(manifest, TelemetryManifest)
    rows = pl.read_parquet(out / "**/*.parquet", hive_partitioning=True)
    assert set(rows.columns) == set(manifest.rows_schema)
    chosen = rows.select(list(manifest.rows_schema)).sort("server_id", "timestamp")
    assert chosen.schema == manifest.rows_schema
    return chosen, manifest


def lines_of(result: Any, name: str) -> dict[str, AccountLine]:
    return {line.about: line for line in result.account if line.name == name}


def shuffled_files(folder: Path, rows: pl.DataFrame, seed: int, files: int) -> list[Path]:
    mixed = rows.sample(fraction=1, shuffle=True, seed=seed)
    owners = np.random.Generator(np.random.PCG64(seed)).integers(files, size=mixed.height)
    paths = []
    for number in range(files):
        path = folder / f"part-{seed}-{number}.csv"
        mixed.filter(pl.Series(owners) == number).write_csv(path)
        paths.append(path)
    return paths


def test_a_panel_comes_back_to_the_last_decimal_in_any_order(
    panel: pl.DataFrame, tmp_path: Path
) -> None:
    whole = tmp_path / "panel.csv"
    panel.write_csv(whole)
    found, manifest = loaded(tmp_path, [whole], threads=1)
    assert_frame_equal(found, panel.select(found.columns))
    paths = shuffled_files(tmp_path, panel, seed=2, files=3)
    again, other = loaded(tmp_path, paths[::-1], threads=3, mapping="capgen")
    assert other.content_digest == manifest.content_digest
    assert_frame_equal(again, found)


def test_a_long_table_comes_back_too(panel: pl.DataFrame, tmp_path: Path) -> None:
    metrics = [name for name in panel.columns if name.endswith("_p95")]
    long = panel.unpivot(metrics, index=["timestamp", "server_id", *LABELS])
    mapping = write_mapping(
        tmp_path,
        shape="long",
        long={"name": "variable", "value": "value"},
        metrics={name.removesuffix("_p95"): {"name": name, "statistic": "p95"} for name in metrics},
        labels={label: {"column": label} for label in LABELS},
    )
    found, _ = loaded(tmp_path, shuffled_files(tmp_path, long, seed=1, files=2), mapping=mapping)
    assert_frame_equal(found, panel.select(found.columns))


@pytest.fixture(scope="module")
def minutes() -> pl.DataFrame:
    """Samples by the minute of three servers, of which some are not there."""
    draws = np.random.Generator(np.random.PCG64(1))
    moments = [START + timedelta(minutes=minute) for minute in range(60 * 7 + 17)]
    frame = pl.DataFrame({"time": moments}).join(
        pl.DataFrame({"host": ["a", "b", "c"]}), how="cross"
    )
    frame = frame.with_columns(cpu=pl.Series(draws.uniform(0, 100, frame.height)))
    gone = pl.Series(draws.uniform(size=frame.height) < 0.2)
    outage = (pl.col("host") == "b") & pl.col("time").dt.hour().is_between(3, 4)
    return frame.filter(~gone & ~outage)


def test_p95_of_minutes_is_that_of_an_independent_computation(
    minutes: pl.DataFrame, tmp_path: Path
) -> None:
    minutes.write_csv(tmp_path / "minutes.csv")
    mapping = write_mapping(tmp_path, server={"column": "host"}, metrics={"cpu": {"column": "cpu"}})
    found, _ = loaded(tmp_path, [tmp_path / "minutes.csv"], mapping=mapping, to="hourly")
    expected = {}
    for (host, hour), rows in minutes.group_by("host", pl.col("time").dt.truncate("1h")):
        values = rows["cpu"].to_numpy()
        expected[host, hour] = (np.quantile(values, 0.95), values.size)
    got = {
        (row["server_id"], row["timestamp"]): (row["cpu_p95"], row["cpu_p95_samples"])
        for row in found.iter_rows(named=True)
    }
    outage = {("b", START + timedelta(hours=hour)): (None, 0) for hour in (3, 4)}
    assert set(got) == {*expected, *outage}
    for key, (value, samples) in got.items():
        if key in expected:
            assert samples == expected[key][1]
            assert value == pytest.approx(expected[key][0], rel=1e-13)
        else:
            assert (value, samples) == outage[key]


def test_the_account_counts_each_repair(tmp_path: Path) -> None:
    rows = [
        ("2024-01-01 00:00:00", "a", "1"),
        ("2024-01-01 00:05:02", "a", "2"),  # jitter
        ("2024-01-01 00:10:00", "a", "3"),
        ("2024-01-01 00:10:00", "a", "5"),  # a duplicate
        ("2024-01-01 00:20:00", "a", "103"),  # after a gap; too much
        ("2024-01-01 00:15:00", "b", "-1"),  # a sentinel
        ("2024-01-01 00:10:00", "b", "n/a"),  # before the last; no number
        ("2024-01-01 00:20:00", "b", "7"),
    ]
    text = "\n".join(["time,host,cpu", *(",".join(row) for row in rows)])
    (tmp_path / "x.csv").write_text(text + "\n", encoding="utf-8")
    mapping = write_mapping(
        tmp_path, metrics={"cpu": {"column": "cpu", "unit": "percent"}}, missing=[-1]
    )
    result = capgen.load(tmp_path / "x.csv", None, mapping=mapping)
    counts = {line.name: line.count for line in result.account if line.about == "cpu"}
    expected = {
        "no_number": 1,
        "missing": 1,
        "unsorted": 1,
        "duplicates": 1,
        "jitter": 1,
        "outside": 1,
        "gaps": 2,
    }
    assert {name: counts.get(name) for name in expected} == expected
    found, _ = loaded(tmp_path, [tmp_path / "x.csv"], mapping=mapping)
    values = [None if value is None else float(value) for value in found["cpu"]]
    assert values == [1, 2, 4, None, 103, None, None, 7]
    assert lines_of(result, "begins_late")[""].count == 1


def test_dry_run_writes_nothing(minutes: pl.DataFrame, tmp_path: Path) -> None:
    minutes.rename({"host": "server_id"}).write_csv(tmp_path / "m.csv")
    before = sorted(tmp_path.rglob("*"))
    out = str(tmp_path / "out")
    assert main(["load", str(tmp_path / "m.csv"), "--as", "table", "--dry-run", "-o", out]) == 0
    assert sorted(tmp_path.rglob("*")) == before

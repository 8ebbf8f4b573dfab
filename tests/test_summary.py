"""What lies beside the data: a summary that is true, and the first rows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from capgen import build, repair, scan
from capgen.dataset.manifest import read_manifest
from capgen.storage.inspection import problems
from capgen.storage.layout import SAMPLE, SUMMARY
from tests.conftest import BuildOnce, make_config

SMALL = {
    "num_servers": 12,
    "end_date": "2022-06-30",
    "layers": {"missing": {"share": {"cpu": 0.1}}},
}


@pytest.fixture(scope="module")
def folder(build_once: BuildOnce) -> Path:
    return build_once(**SMALL)


def summary_of(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / SUMMARY).read_text())
    return found


def test_the_summary_is_that_of_the_rows(folder: Path) -> None:
    panel = scan(make_config(**SMALL)).collect()
    summary = summary_of(folder)
    assert (summary["rows"], summary["rows_looked_at"], summary["servers"]) == (
        panel.height,
        panel.height,
        12,
    )
    assert (summary["first_timestamp"], summary["last_timestamp"]) == (
        "2022-01-01T00:00:00",
        "2022-06-30T00:00:00",
    )
    for name, found in summary["metrics"].items():
        values = panel[name].drop_nulls()
        expected = {
            "count": values.len(),
            "mean": values.mean(),
            "sd": values.std(),
            "min": values.min(),
            "p25": values.quantile(0.25, "linear"),
            "p50": values.median(),
            "p75": values.quantile(0.75, "linear"),
            "p95": values.quantile(0.95, "linear"),
            "max": values.max(),
            "missing_share": panel[name].null_count() / panel.height,
        }
        clipped = found.pop("clipped_share")
        assert found == pytest.approx(expected, abs=1e-6)
        highest = {"net_in_p95": 1000, "net_out_p95": 600}.get(name, 100)
        assert clipped == pytest.approx(((values <= 0) | (values >= highest)).mean(), abs=1e-6)


def test_of_a_large_dataset_a_part_is_looked_at(tmp_path: Path) -> None:
    build(
        make_config(granularity="hourly", num_servers=40, end_date="2022-12-31"), tmp_path / "data"
    )
    summary = summary_of(tmp_path / "data")
    assert summary["rows"] == 40 * 8760
    assert 100_000 < summary["rows_looked_at"] <= 200_000


def test_the_sample_is_the_first_rows(folder: Path) -> None:
    sample = pl.read_csv(folder / SAMPLE, try_parse_dates=True)
    first = scan(make_config(**SMALL)).head(100).collect()
    assert sample.columns == first.columns
    assert sample["server_id"].to_list() == first["server_id"].to_list()
    assert sample["cpu_p95"].to_list() == first["cpu_p95"].to_list()
    assert sample["timestamp"].to_list() == first["timestamp"].to_list()


@pytest.mark.parametrize("path", [SUMMARY, SAMPLE])
def test_what_lies_beside_the_data_is_verified_and_repaired(
    path: str, folder: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(folder, tmp_path / "data"))
    before = (folder / path).read_bytes()
    (folder / path).unlink()
    assert [problem.path for problem in problems(folder, read_manifest(folder))] == [path]
    assert repair(folder) == [path]
    assert (folder / path).read_bytes() == before

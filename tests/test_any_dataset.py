"""What only reads data works on builds, rollups and telemetry alike."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal

import capgen
from capgen import CapgenError, RequestError
from capgen.cli.app import main
from capgen.dataset.metric_column import MetricColumn
from capgen.dataset.rollup_manifest import RollupManifest
from tests.conftest import deep, make_config
from tests.telemetry_datasets import write_telemetry

PANEL = make_config(
    num_servers=3, granularity="hourly", start_date="2023-12-30", end_date="2024-01-02"
)
METRICS = [
    MetricColumn(name="cpu", key="cpu", unit="percent", statistic="raw"),
    MetricColumn(name="mem_mean", key="mem", unit="it's GB", statistic="mean"),
    MetricColumn(name="disk_min", key="disk", unit="percent", statistic="min"),
    MetricColumn(name="net_p95", key="net", unit="Mbit/s", statistic="p95"),
]
COLUMNS = ["cpu", "mem_mean", "disk_min", "net_p95"]
LABELS = ("server_type", "region")
KINDS = ("built", "telemetry", "rollup")
SAID = {
    "built": "cpu_p95      percent, P95 of each step",
    "telemetry": "mem_mean  it's GB, mean of each step",
    "rollup": "cpu_max   percent, maximum of each step",
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    room = tmp_path_factory.mktemp("any")
    found = {kind: room / kind for kind in KINDS}
    capgen.build(PANEL, found["built"])
    names = dict(zip(COLUMNS, ["cpu_p95", "mem_p95", "disk_p95", "net_in_p95"], strict=True))
    rows = capgen.scan(PANEL).select("timestamp", "server_id", *LABELS, **names).collect()
    write_telemetry(found["telemetry"], rows, METRICS, labels=LABELS)
    result = capgen.rollup(found["telemetry"], "daily", found["rollup"])
    assert [line.partition(" ")[0] for line in result.left_out] == ["net_p95"]
    return found


# Of builds, tests of the promise show the same.
@pytest.mark.parametrize("kind", [pytest.param("built", marks=deep), *KINDS[1:]])
def test_all_ways_of_reading_show_the_same_rows(
    folders: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    folder = folders[kind]
    key = ["server_id", "timestamp"]
    files = pl.read_parquet(folder / "**/*.parquet", hive_partitioning=True).sort(key)
    dataset = capgen.open(folder)
    rows = dataset.scan().sort(key).collect()
    assert_frame_equal(rows, files.select(rows.columns), check_exact=True)
    assert dataset.columns["column"].to_list() == rows.columns
    assert_frame_equal(dataset.sql("from panel order by server_id, timestamp"), rows)
    capgen.export(folder, tmp_path / "panel.parquet")
    assert_frame_equal(pl.read_parquet(tmp_path / "panel.parquet"), rows)
    days = dataset.sql(
        "select bool_or(is_holiday(timestamp)), max(eoq_factor(timestamp)) from panel"
    )
    assert days.row(0) == (True, 1.3)


@pytest.mark.parametrize("kind", KINDS)
def test_unit_and_statistic_are_said_everywhere(
    folders: dict[str, Path],
    kind: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = folders[kind]
    assert main(["verify", str(folder)]) == 0
    assert SAID[kind] in capsys.readouterr().out
    column, _, said = SAID[kind].partition(" ")
    comments = "select comment from duckdb_columns() where table_name = 'panel' and column_name = "
    with capgen.connect(folder) as connection:
        assert connection.sql(f"{comments}'{column}'").fetchall() == [(said.strip(),)]
    capgen.export(folder, tmp_path / "panel.duckdb", columns=[column])
    with duckdb.connect(str(tmp_path / "panel.duckdb"), read_only=True) as database:
        assert database.sql(f"{comments}'{column}'").fetchall() == [(said.strip(),)]
    assert f"{column} ({said.strip()})" in repr(capgen.open(folder))
    asked = capgen.query(f"from panel_columns where \"column\" = '{column}'", folder)
    unit, _, _ = said.strip().partition(",")
    assert asked["unit"].to_list() == [unit]


def test_a_rollup_of_telemetry_says_only_what_its_columns_allow(
    folders: dict[str, Path],
) -> None:
    got = capgen.scan(folders["rollup"]).sort("server_id", "timestamp").collect()
    assert got.columns[2:9] == [
        *("cpu_p95", "cpu_mean", "cpu_max", "mem_mean", "disk_min"),
        *("samples", "is_partial"),
    ]
    day = pl.col("timestamp").dt.truncate("1d")
    fine = capgen.scan(folders["telemetry"]).group_by("server_id", day)
    expected = fine.agg(
        cpu_p95=pl.col("cpu").quantile(0.95, "linear"),
        cpu_mean=pl.col("cpu").mean(),
        cpu_max=pl.col("cpu").max(),
        mem_mean=pl.col("mem_mean").mean(),
        disk_min=pl.col("disk_min").min(),
    )
    wanted = expected.sort("server_id", "timestamp").collect()
    assert_frame_equal(got.select(wanted.columns), wanted, rel_tol=1e-12)


def test_a_mean_of_means_counts_the_samples_behind_each(tmp_path: Path) -> None:
    hour = pl.col("timestamp").dt.hour().cast(pl.Int32)
    columns = ("timestamp", "server_id", "server_type")
    rows = capgen.scan(PANEL).select(*columns, mem_mean="mem_p95", mem_mean_samples=hour).collect()
    counts = ["mem_mean_samples"]
    write_telemetry(tmp_path / "fine", rows, METRICS[1:2], sample_counts=counts)
    capgen.rollup(tmp_path / "fine", "daily", tmp_path / "coarse")
    weight = pl.col("mem_mean_samples")
    expected = rows.group_by("server_id", pl.col("timestamp").dt.truncate("1d")).agg(
        mem_mean=(pl.col("mem_mean") * weight).sum() / weight.sum(), mem_mean_samples=weight.sum()
    )
    got = capgen.scan(tmp_path / "coarse").select(expected.columns).collect()
    key = ["server_id", "timestamp"]
    assert_frame_equal(got.sort(key), expected.sort(key), rel_tol=1e-12)


def test_columns_that_no_rollup_can_have_are_refused(tmp_path: Path) -> None:
    rows = capgen.scan(PANEL).select("timestamp", "server_id", "server_type", "cpu_p95").collect()
    write_telemetry(tmp_path / "fine", rows)
    with pytest.raises(RequestError, match="cpu_p95 is left out: no P95 of a longer step follows"):
        capgen.rollup(tmp_path / "fine", "daily", tmp_path / "coarse")
    assert not (tmp_path / "coarse").exists()


@pytest.mark.parametrize(
    ("kind", "way_out"),
    [("telemetry", "load the exports again"), ("rollup", "roll its dataset up again")],
)
@pytest.mark.parametrize(
    "command",
    [["repair"], ["extend", "--end-date", "2025-01-01"], ["build", "--out", "new", "--from"]],
    ids=" ".join,
)
def test_what_needs_a_model_refuses_the_rest_with_a_way_out(
    folders: dict[str, Path],
    kind: str,
    way_out: str,
    command: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, *rest = command
    request = (
        [*command, str(folders[kind])] if first == "build" else [first, str(folders[kind]), *rest]
    )
    assert main(request) == 2
    assert capsys.readouterr().err.strip().endswith(way_out)
    with pytest.raises(RequestError, match=way_out):
        _ = capgen.open(folders[kind]).config


@pytest.mark.parametrize("kind", ["telemetry", "rollup"])
def test_damage_is_mended_by_what_made_the_files(
    folders: dict[str, Path], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = next(folders[kind].rglob("*.parquet"))
    before = file.read_bytes()
    file.write_bytes(before[:-1])
    assert main(["verify", str(folders[kind])]) == 1
    file.write_bytes(before)
    mended = {"telemetry": "load the exports again", "rollup": "roll its dataset up again"}
    assert f"1 problem; {mended[kind]}" in capsys.readouterr().out


def test_a_rollup_that_does_not_say_its_columns_names_the_way_out(
    folders: dict[str, Path], tmp_path: Path
) -> None:
    text = (folders["rollup"] / "_capgen/manifest.json").read_text()
    old = json.loads(text)
    del old["made_of"]
    old["rollup_version"] = 1
    (tmp_path / "_capgen").mkdir()
    RollupManifest.model_validate_json(json.dumps(old)).signed().write(tmp_path)
    for read in (capgen.open, capgen.scan, capgen.connect):
        with pytest.raises(CapgenError, match=r"got none; roll its dataset up again$"):
            read(tmp_path)
    assert capgen.verify(tmp_path).metrics == ()

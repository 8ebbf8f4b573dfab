"""Tables as they come: compressed, in several files, without a clock, with columns of all kinds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

import capgen
from capgen.cli.app import main
from tests.test_load import lines_of, loaded

STEPS = 20
TIMES = [datetime(2024, 1, 1, 0, minute) for minute in range(STEPS)]


def table(**columns: Sequence[object]) -> pl.DataFrame:
    given = {"timestamp": TIMES, "server_id": ["a"] * STEPS, **columns}
    return pl.DataFrame(given, strict=False)


def write_csv(folder: Path, name: str, rows: pl.DataFrame, separator: str = ",") -> Path:
    rows.write_csv(folder / name, separator=separator, datetime_format="%Y-%m-%d %H:%M")
    return folder / name


@pytest.mark.parametrize(
    "name", ["panel.parquet", "PANEL.PARQUET", "panel.csv.zst", "panel.ndjson.zst"]
)
def test_a_form_is_recognised_by_what_a_file_holds(name: str, tmp_path: Path) -> None:
    names = ["cpu_p95", "mem_p95", "disk_p95", "net_in_p95", "net_out_p95"]
    rows = table(**{each: [1.5] * STEPS for each in names})
    if name.endswith(".zst"):
        text = rows.write_csv() if ".csv" in name else rows.write_ndjson()
        with pa.CompressedOutputStream(str(tmp_path / name), "zstd") as file:
            file.write(text.encode())
    else:
        rows.write_parquet(tmp_path / name)
    result = capgen.load(tmp_path / name, None, settings=["labels=null"])
    assert result.rows == STEPS
    assert "took capgen" in lines_of(result, "reader")[""].says


def test_files_with_other_columns_are_loaded_together(tmp_path: Path) -> None:
    files = [
        write_csv(tmp_path, "cpu.csv", table(cpu=list(range(STEPS))).head(12)),
        write_csv(tmp_path, "mem.csv", table(mem=list(range(STEPS)), cpu=[7] * STEPS).tail(8)),
    ]
    rows, _ = loaded(tmp_path, files, mapping="table")
    assert rows["cpu"].to_list() == [*range(12), *[7] * 8]
    assert rows["mem"].to_list() == [*[None] * 12, *range(12, STEPS)]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_metric_is_taken_from_the_files_that_have_its_column(ending: str, tmp_path: Path) -> None:
    values = list(range(STEPS))
    tables = {"a": table(cpu=values, mem=values), "b": table(disk=values)}
    files = [tmp_path / f"{name}.{ending}" for name in tables]
    for file, rows in zip(files, tables.values(), strict=True):
        rows.write_csv(file) if ending == "csv" else rows.write_parquet(file)
    found, manifest = loaded(tmp_path, files, mapping="table", settings=["duplicates=refuse"])
    assert [found[name].to_list() for name in ("cpu", "mem", "disk")] == [values] * 3
    said = {line.name for line in manifest.account}
    assert said <= {"delimiter", "server_column", "time_column", "step"}


def test_a_file_without_any_metric_is_named(tmp_path: Path) -> None:
    files = [
        write_csv(tmp_path, "cpu.csv", table(cpu=list(range(STEPS)))),
        write_csv(tmp_path, "roles.csv", table(role=["web"] * STEPS)),
    ]
    _, manifest = loaded(tmp_path, files, mapping="table", settings=["metrics.cpu.column=cpu"])
    assert "'roles.csv'" in lines_of(manifest, "files")[""].says


def test_a_column_is_one_however_files_spell_it(tmp_path: Path) -> None:
    values = list(range(STEPS))
    files = [
        write_csv(tmp_path, "a.csv", table(cpu=values).head(12)),
        write_csv(tmp_path, "b.csv", table(CPU=values).tail(8)),
    ]
    rows, manifest = loaded(tmp_path, files, mapping="table")
    assert [metric.name for metric in manifest.metrics] == ["cpu"]
    assert rows["cpu"].to_list() == values


def test_what_spark_leaves_beside_its_files_is_no_export(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    table(cpu=list(range(STEPS))).write_parquet(folder / "part-0.parquet")
    for name in ("_SUCCESS", ".part-0.parquet.crc"):
        (folder / name).touch()
    _, manifest = loaded(tmp_path, [folder], mapping="table")
    assert [source.name for source in manifest.sources] == ["part-0.parquet"]


def test_blank_lines_above_a_table_are_no_part_of_it(tmp_path: Path) -> None:
    file = write_csv(tmp_path, "x.csv", table(cpu=list(range(STEPS))))
    file.write_text("\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    rows, manifest = loaded(tmp_path, [file], mapping="table")
    assert rows["cpu"].to_list() == list(range(STEPS))
    assert not lines_of(manifest, "no_time")


def test_a_column_of_lengths_of_time_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.parquet"
    columns = "timestamp '2024-01-01' + to_minutes(i) as time, 'a' as host, i as cpu"
    with duckdb.connect() as connection:
        rows = connection.sql(f"select {columns}, to_minutes(i) as up from range(20) as steps (i)")
        rows.write_parquet(str(file))
    found, _ = loaded(tmp_path, [file], mapping="table")
    assert found["cpu"].to_list() == list(range(20))


def test_a_late_time_that_says_how_far_from_utc_it_is_is_left_out(tmp_path: Path) -> None:
    minutes = [datetime(2024, 1, 1) + timedelta(minutes=number) for number in range(1100)]
    lines = [f"{minute},a,1" for minute in minutes]
    text = "\n".join(["time,host,cpu", *lines, f"{minutes[-1]}+02:00,a,2"])
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    rows, manifest = loaded(tmp_path, [tmp_path / "x.csv"], mapping="table")
    assert rows["cpu"].to_list() == [1] * 1100
    assert "+02:00" in lines_of(manifest, "no_time")["cpu"].says


def test_rows_without_a_clock_are_counted_for_each_server(tmp_path: Path) -> None:
    rows = pl.DataFrame({"server": ["a", "b", "b", "a"], "cpu": [1, 2, 3, 4]})
    rows.write_parquet(tmp_path / "x.parquet")
    settings = ["time.origin=2024-01-01", "time.step=1min"]
    found, _ = loaded(tmp_path, [tmp_path / "x.parquet"], mapping="table", settings=settings)
    assert found.select("server_id", "timestamp", "cpu").rows() == [
        ("a", TIMES[0], 1),
        ("a", TIMES[1], 4),
        ("b", TIMES[0], 2),
        ("b", TIMES[1], 3),
    ]


def test_a_metric_that_begins_late_is_loaded_and_a_column_without_numbers_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capgen.telemetry.readers.table.reader._SAMPLE_ROWS", 5)
    late = [*[None] * 10, *range(10)]
    rows = table(cpu=[1] * STEPS, mem=late, note=["x"] * STEPS, none=[None] * STEPS)
    result = capgen.load(write_csv(tmp_path, "x.csv", rows), None, mapping="table")
    assert result.metrics == ("cpu", "mem")
    assert "left out 'note', 'none'" in lines_of(result, "columns")[""].says


def test_signs_of_yaml_may_be_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = table(cpu=[f"1.{number:03},5" for number in range(STEPS)])
    rows = rows.with_columns(pl.col("timestamp").dt.strftime("%m/%d/%Y %H:%M"))
    file = write_csv(tmp_path, "x.csv", rows, separator="|")
    signs = ("csv.decimal=,", "csv.delimiter=|", "time.format=%m/%d/%Y %H:%M", "csv.comment=#")
    options = [option for sign in signs for option in ("--set", sign)]
    assert main(["load", str(file), "--as", "table", "-o", str(tmp_path / "out"), *options]) == 0
    assert "20 rows, 1min" in capsys.readouterr().out
    found = pl.read_parquet(tmp_path / "out/**/*.parquet")
    assert found["cpu"].to_list() == [1000.5 + number for number in range(STEPS)]

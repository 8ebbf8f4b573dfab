"""Exports hold exactly the rows of the dataset, in order, and appear whole or not at all."""

from __future__ import annotations

import gzip
import importlib.util
import json
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from polars.testing import assert_frame_equal

import capgen
from capgen.cli.app import main
from capgen.cli.export import Format
from capgen.dataset.export import rows as export_rows
from capgen.dataset.export.choice import kind_of
from capgen.dataset.export.export import export
from capgen.dataset.export.formats import KINDS as FORMATS
from capgen.dataset.export.formats import WRITERS
from capgen.dataset.export.formats.xlsx import write_xlsx
from capgen.dataset.manifest import read_manifest
from capgen.errors import CapgenError, RequestError
from capgen.storage.counted import Counted
from tests.bench.build_cost import SCRIPT as MEASURED
from tests.conftest import BuildOnce, deep, duckdb_command, make_config, needs_root
from tests.faults import files_of_at_most
from tests.processes import run_script

SMALL = {
    "num_servers": 9,
    "granularity": "hourly",
    "start_date": "2023-12-28",
    "end_date": "2024-01-04",
    "truth": True,
    "layers": {
        "missing": {"share": {"cpu": 0.05}, "server_outages": {"per_year": 40, "mean_hours": 20}},
        "events": {
            "random": {
                "rush": {
                    "type": "surge",
                    "scope": "app",
                    "per_year": 90,
                    "mean_hours": 30,
                    "magnitude": 1.5,
                    "metrics": ["cpu"],
                }
            }
        },
    },
}
needs_xlsx = pytest.mark.skipif(
    not importlib.util.find_spec("openpyxl"), reason="openpyxl is not installed"
)
KINDS = ["csv", "csv.gz", "parquet", "ndjson", "ndjson.gz", "json", "arrow", "duckdb"]
TYPED = ["parquet", "arrow", "duckdb"]
# May hold more than the rows, such as a time, but the same each time; a text holds the rows alone.
REPEATABLE = ["csv.gz", "parquet", "arrow"]
XLSX = pytest.param("xlsx", marks=needs_xlsx)  # slow to read: where it matters
MOST_MEGABYTES = 450
needs_delta = pytest.mark.skipif(
    not importlib.util.find_spec("deltalake"), reason="deltalake is not installed"
)


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(name="a dataset's", **SMALL)


@pytest.fixture(scope="module")
def panel(dataset: Path) -> pl.DataFrame:
    """Return the rows of the dataset, sorted, in the order of its columns."""
    return capgen.query("from panel order by server_id, timestamp", dataset)


@pytest.fixture
def few_rows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_rows, "ROWS_AT_ONCE", 450)  # two servers, and a little


def read(path: Path) -> pl.DataFrame:
    """Return the rows of an export as other software reads them; those of a text are text."""
    if path.is_dir():
        return pl.read_delta(str(path))
    match path.name.removesuffix(".gz").rpartition(".")[-1]:
        case "csv":
            return pl.read_csv(path, infer_schema=False)
        case "ndjson":
            return pl.read_ndjson(path, infer_schema_length=None)
        case "json":
            return pl.read_json(path, infer_schema_length=None)
        case "arrow":
            return pl.read_ipc(path)
        case "xlsx":
            return sheet(path)
        case "duckdb":
            with duckdb.connect(str(path), read_only=True) as connection:
                return pl.DataFrame(connection.table("panel").to_arrow_table())
    return pl.read_parquet(path)


def sheet(path: Path) -> pl.DataFrame:
    header, *rows = cells(path)
    return pl.DataFrame(rows, header, orient="row", infer_schema_length=None)


def cells(path: Path) -> list[tuple[Any, ...]]:
    """Return the rows of a workbook, as another library reads them."""
    import openpyxl

    return list(openpyxl.load_workbook(path).active.values)


def assert_same_rows(path: Path, expected: pl.DataFrame) -> None:
    """Compare an export with the rows that it should hold, in their order."""
    rows = read(path)
    if rows.schema.get("timestamp") == pl.String:
        rows = rows.with_columns(pl.col("timestamp").str.to_datetime())
    assert_frame_equal(rows.cast(expected.schema), expected, check_exact=True)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


@pytest.mark.usefixtures("few_rows_at_once")
@pytest.mark.parametrize("kind", KINDS)
def test_reading_back_equals_the_dataset(
    kind: str, dataset: Path, panel: pl.DataFrame, tmp_path: Path
) -> None:
    path = tmp_path / f"it's.{kind}"
    result = export(dataset, str(path))
    assert (result.path, result.format, result.rows) == (path, kind, 9 * 8 * 24)
    assert result.bytes == path.stat().st_size
    assert names(tmp_path) == [path.name]
    assert_same_rows(path, panel)
    if kind in TYPED:
        assert read(path).schema == panel.schema
    if kind in REPEATABLE:
        again = tmp_path / f"again.{kind}"
        export(dataset, str(again))
        assert again.read_bytes() == path.read_bytes()


def test_there_is_something_to_export(panel: pl.DataFrame) -> None:
    assert panel["cpu_p95"].null_count()
    assert panel["event_id"].drop_nulls().len()


@needs_delta
@pytest.mark.usefixtures("few_rows_at_once")
def test_a_delta_table(
    dataset: Path, panel: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "delta"
    assert main(["export", str(dataset), f"delta:{path}"]) == 0
    assert_same_rows(path, panel)
    assert main(["export", str(dataset), f"delta:{path}"]) == 2
    assert (
        main(
            [
                "export",
                str(dataset),
                f"delta:{path}",
                "--overwrite",
                "--where=month = 1",
                "--columns=month",
            ]
        )
        == 0
    )
    assert_same_rows(path, panel.filter(month=1).select("month"))
    assert (
        main(["export", str(dataset), f"delta:{path}", "--overwrite", "--where=error('stop')"]) == 2
    )
    assert "stop" in capsys.readouterr().err
    assert_same_rows(path, panel.filter(month=1).select("month"))
    assert (
        main(["export", str(dataset), f"delta:{tmp_path / 'other'}", "--where=error('stop')"]) == 2
    )
    assert names(tmp_path) == ["delta"]


def test_without_deltalake_one_line_says_what_to_type(
    dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    assert main(["export", str(dataset), f"delta:{tmp_path / 'delta'}"]) == 2
    assert 'pip install "capgen[delta]"' in capsys.readouterr().err
    assert names(tmp_path) == []


def test_columns_and_where_with_a_calendar_macro(dataset: Path, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    where = "eoq_factor(timestamp) > 1 and server_type = 'web'"
    export(dataset, str(path), columns=["cpu_p95", "server_id", "year"], where=where)
    query = f"select cpu_p95, server_id, year from panel where {where}"
    written = read(path).cast({"cpu_p95": pl.Float64, "year": pl.Int64})
    assert_frame_equal(written, capgen.query(query, dataset), check_row_order=False)


@pytest.mark.parametrize("kind", ["csv", "duckdb"])
def test_no_row_meets_the_condition(kind: str, dataset: Path, tmp_path: Path) -> None:
    assert export(dataset, str(tmp_path / f"none.{kind}"), where="false").rows == 0
    assert read(tmp_path / f"none.{kind}").is_empty()


@pytest.mark.parametrize("kind", ["parquet", "ndjson", "json", "arrow"])
def test_a_format_without_any_row(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"none.{kind}"
    rows = pa.RecordBatchReader.from_batches(pa.schema({"cpu": pa.float64()}), [])
    with path.open("wb") as file:
        WRITERS[kind](rows, Counted(file), {})
    if "json" in kind:
        assert path.read_text().strip() == ("[]" if kind == "json" else "")
    else:
        assert read(path).schema == {"cpu": pl.Float64}


@pytest.mark.parametrize("rows", [70, pytest.param(191, marks=deep), 192])
def test_a_server_with_more_rows_than_are_read_at_once(
    rows: int,
    dataset: Path,
    panel: pl.DataFrame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(export_rows, "ROWS_AT_ONCE", rows)
    path = tmp_path / "a.parquet"
    export(dataset, str(path), where="server_id < 'server_002'")
    assert_same_rows(path, panel.filter(pl.col("server_id") < "server_002"))


def test_text(dataset: Path, tmp_path: Path) -> None:
    columns = ["timestamp", "server_id", "cpu_p95", "event_id"]
    where = "server_id = 'server_003' and cpu_p95 is null"
    for kind in ("csv", "ndjson.gz"):
        export(dataset, str(tmp_path / f"text.{kind}"), columns=columns, where=where)
    header, first, *_ = (tmp_path / "text.csv").read_text().splitlines()
    assert header == "timestamp,server_id,cpu_p95,event_id"
    time = first.split(",")[0]
    assert first == f"{time},server_003,,"
    assert len(time) == len("2023-12-28 00:00:00")
    line = json.loads(gzip.decompress((tmp_path / "text.ndjson.gz").read_bytes()).splitlines()[0])
    assert line == {"timestamp": time, "server_id": "server_003", "cpu_p95": None, "event_id": None}


def test_a_database_has_the_calendar_macros(dataset: Path, tmp_path: Path) -> None:
    path = tmp_path / "panel.duckdb"
    export(dataset, str(path))
    query = (
        "select eoq_factor(date '2023-12-31') as factor, count(*) as rows from panel "
        "where (is_holiday(timestamp) and is_holiday = 1 and holiday_factor(timestamp) < 1)"
    )
    command = [duckdb_command(), str(path), "-csv", "-noheader", "-c", query]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    factor, rows = result.stdout.split(",")
    assert float(factor) == 1.3
    assert int(rows) > 0


def test_default_names(
    dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(dataset)]) == 0
    assert capsys.readouterr().out.startswith("Wrote server_metrics_full.csv.gz: 1,728 rows, ")
    assert main(["export", str(dataset), "--format=parquet", "--json"]) == 0
    outcome = json.loads(capsys.readouterr().out)
    assert set(outcome) == {"path", "format", "rows", "bytes", "seconds"}
    assert outcome["path"] == str(tmp_path / "raw_server_metrics_20231228_to_20240104.parquet")
    assert outcome["rows"] == pl.read_parquet(outcome["path"]).height == 9 * 8 * 24


def test_the_default_dataset_is_small(build_once: BuildOnce, tmp_path: Path) -> None:
    """A part of it shows it: all 175,320 rows take less than 10 MB, a third of their text."""
    path = tmp_path / "part.csv.gz"
    result = export(build_once(end_date="2022-03-31"), path)
    assert result.bytes < 10_000_000 * result.rows / 175_320
    assert len(gzip.decompress(path.read_bytes())) >= 3 * result.bytes


@pytest.mark.parametrize("kind", ["csv.gz", "duckdb", XLSX])
def test_any_format_to_standard_output(
    kind: str,
    dataset: Path,
    panel: pl.DataFrame,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    columns = ["timestamp", "server_id", "cpu_p95", "is_weekend", "event_id"]
    where = "--where=month = 1 and server_id < 'server_002'"
    chosen = [where, f"--columns={','.join(columns)}"]
    assert main(["export", str(dataset), "-", f"--format={kind}", *chosen]) == 0
    path = tmp_path / f"piped.{kind}"
    path.write_bytes(capfdbinary.readouterr().out)
    expected = panel.filter(pl.col("server_id") < "server_002", month=1)
    assert_same_rows(path, expected.select(columns))


@pytest.mark.parametrize("kind", [*KINDS, "xlsx"])
def test_an_ending_in_any_case(kind: str) -> None:
    assert kind_of(f"A.{kind.upper()}", None) == kind


def test_every_format_can_be_chosen() -> None:
    assert {form.value for form in Format} == set(FORMATS)


@needs_xlsx
def test_more_rows_than_a_sheet_holds_are_refused_before_any_work(
    dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("capgen.dataset.export.export.MOST", {"xlsx": 96})
    where = "--where=month = 12 and server_id = 'server_000'"
    assert main(["export", str(dataset), str(tmp_path / "a.xlsx"), where]) == 0
    assert main(["export", str(dataset), str(tmp_path / "b.xlsx")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "at most 96 rows, which a sheet holds, got 1,728; choose some with --where" in line
    assert names(tmp_path) == ["a.xlsx"]


@needs_xlsx
def test_text_of_a_sheet_is_text(tmp_path: Path) -> None:
    written = workbook(
        tmp_path / "a.xlsx",
        text=["=1+1", "http://a.b", " ", None, "a & <b>\n", "\0"],
        number=[1.5, None, 3e-9, 0.0, float("inf"), 1e22],
    )
    assert cells(written) == [
        ("text", "number"),
        *(("=1+1", 1.5), ("http://a.b", None), (" ", 3e-9), (None, 0), ("a & <b>\n", "#NUM!")),
        ("\N{REPLACEMENT CHARACTER}", 1e22),
    ]
    with pytest.raises(CapgenError, match="at most 32,767 letters, got 40,000 in text"):
        workbook(tmp_path / "b.xlsx", text=["x" * 40_000])


def workbook(path: Path, **columns: Any) -> Path:
    with path.open("wb") as file:
        write_xlsx(pa.table(columns).to_reader(), Counted(file), {})
    return path


def test_what_is_there_is_replaced_only_when_asked(
    dataset: Path, panel: pl.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mine")
    assert main(["export", str(dataset), str(path)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main(["export", str(dataset), str(path), "--overwrite", "--where=error('stop')"]) == 2
    assert path.read_text() == "mine"
    assert main(["export", str(dataset), str(path), "--overwrite"]) == 0
    assert_same_rows(path, panel)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.csv", "--columns=cpu_p59,server_id"], ["cpu_p59", "did you mean 'cpu_p95'"]),
        (["a.csv", "--columns=month,month"], ["month", "twice"]),
        (["a.csv", "--columns=month,cpu_p95", "--metrics=mem"], ["--metrics", "got cpu_p95;"]),
        (["a.csv", "--columns="], ["--columns"]),
        (["a.csv", "--where=cpu > 3"], ["--where", "cpu_p95"]),
        (["a.csv", "--where=1 = 1; drop view panel"], ["--where"]),
        (["a.csv", "--where="], ["--where"]),
        (["a.csv", "--where=error('stop')"], ["--where", "stop"]),
        (["a.duckdb", "--where=error('stop')"], ["--where", "stop"]),
        (["a.xls"], ["a.xls", ".csv.gz"]),
        ([".csv"], ["'.csv'"]),
        (["a.csv", "--format=parquet"], ["FILE", "--format"]),
        (["--format=excel"], ["excel", "csv.gz"]),
        (["."], [".csv.gz"]),
        (["folder.csv"], ["folder.csv", "got a folder"]),
    ],
)
def test_wrong_requests_are_one_line(
    arguments: list[str],
    words: list[str],
    dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "folder.csv").mkdir()
    monkeypatch.chdir(tmp_path)
    assert main(["export", str(dataset), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert all(word in error for word in words)
    assert names(tmp_path) == ["folder.csv"]


def test_no_dataset_and_a_damaged_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(tmp_path), str(tmp_path / "a.csv")]) == 2
    assert "expected a dataset" in capsys.readouterr().err
    capgen.build(make_config(num_servers=4, end_date="2022-01-31"), tmp_path / "data")
    file = next((tmp_path / "data").rglob("*.parquet"))
    for content in (file.read_bytes()[:1000], None):
        file.unlink() if content is None else file.write_bytes(content)
        assert main(["export", str(tmp_path / "data"), str(tmp_path / "a.csv")]) == 1
        (line,) = capsys.readouterr().err.splitlines()
        assert file.name in line
        assert line.endswith("; capgen verify names altered files")
    assert names(tmp_path) == ["data"]


@pytest.mark.parametrize("inside", ["a.csv", "year=2024/a.parquet", "_capgen/a.csv"])
def test_never_into_a_dataset(
    inside: str, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(dataset.rglob("*"))
    assert main(["export", str(dataset), str(dataset / inside)]) == 2
    assert "outside of the dataset" in capsys.readouterr().err
    assert sorted(dataset.rglob("*")) == before


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Export into a folder; return a copy of it from a moment: what a kill would have left.

    The moment is after some batches, or when the file is written but not in its place.
    """

    def export_killed(dataset: Path, path: Path, batches: int, copy: Path) -> Path:
        read = export_rows.Rows.batches
        replace = Path.replace

        def stopping(rows: export_rows.Rows) -> Iterator[pa.RecordBatch]:
            for number, batch in enumerate(read(rows)):
                if number == batches:
                    shutil.copytree(path.parent, copy)
                yield batch

        def replacing(file: Path, target: Path) -> Path:
            if not copy.exists():
                shutil.copytree(path.parent, copy)
            return replace(file, target)

        with monkeypatch.context() as patch:
            patch.setattr(export_rows.Rows, "batches", stopping)
            patch.setattr(Path, "replace", replacing)
            export(dataset, str(path))
        return copy / path.name

    return export_killed


@pytest.mark.usefixtures("few_rows_at_once")
@pytest.mark.parametrize(("kind", "batches"), [("csv.gz", 2), ("parquet", 99), ("duckdb", 2)])
def test_killed(
    kind: str,
    batches: int,
    dataset: Path,
    panel: pl.DataFrame,
    tmp_path: Path,
    killed: Callable[..., Path],
) -> None:
    (tmp_path / "here").mkdir()
    path = killed(dataset, tmp_path / f"here/a.{kind}", batches, tmp_path / "left")
    assert not path.exists()
    assert names(path.parent)
    export(dataset, str(path))
    assert names(path.parent) == [path.name]
    assert_same_rows(path, panel)


@pytest.mark.usefixtures("few_rows_at_once")
def test_stopped(
    dataset: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    read = export_rows.Rows.batches

    def stopping(rows: export_rows.Rows) -> Iterator[pa.RecordBatch]:
        for number, batch in enumerate(read(rows)):
            if number == 2:
                signal.raise_signal(signal.SIGINT)
            yield batch

    monkeypatch.setattr(export_rows.Rows, "batches", stopping)
    assert main(["export", str(dataset), str(tmp_path / "a.csv.gz")]) == 130
    assert capsys.readouterr().err == "error: interrupted; no file was written\n"
    assert names(tmp_path) == []


@pytest.fixture
def small_disk(mount: Callable[[str], Path]) -> Path:
    return mount("size=24k")


@needs_root
@pytest.mark.parametrize("kind", ["csv.gz", *TYPED, XLSX, pytest.param("delta", marks=needs_delta)])
def test_a_full_disk(
    kind: str, dataset: Path, small_disk: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = f"delta:{small_disk / 'delta'}" if kind == "delta" else str(small_disk / f"a.{kind}")
    assert main(["export", str(dataset), target]) == 1
    *more, line = capfd.readouterr().err.splitlines()
    assert "No space left" in line
    assert not more or kind == "delta"  # whose library has something to say of its own
    assert names(small_disk) == []


def test_a_limit_on_the_size_of_files(
    dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with files_of_at_most(20_000):
        assert main(["export", str(dataset), str(tmp_path / "a.csv.gz")]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "File too large" in line
    assert names(tmp_path) == []


# Batches so small that a few fill what all take: the peak is then steady.
SMALL_BATCHES = """
from capgen.dataset.export import rows as export_rows
export_rows.ROWS_AT_ONCE = 2**15
"""


def test_peak_of_memory_is_low_and_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    hourly = make_config(num_servers=45, granularity="hourly", end_date="2022-12-31")
    capgen.build(hourly, tmp_path / "data")
    peaks = []
    for servers in (15, 45):
        where = f"--where=server_id < 'server_0{servers}'"
        words = ["export", str(tmp_path / "data"), str(tmp_path / f"{servers}.csv"), where]
        result = run_script(SMALL_BATCHES + MEASURED, *words, "--json")
        peaks.append(json.loads(result.stdout.splitlines()[1])["peak_megabytes"])
    assert peaks[1] < MOST_MEGABYTES
    assert peaks[1] < 1.15 * peaks[0]


@pytest.mark.parametrize("name", ["panel.parquet", "panel.arrow", "panel.duckdb", "panel.csv"])
def test_an_export_says_what_to_cite(dataset: Path, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    export(dataset, str(target), rows=5, citation=True)
    cited = read_manifest(dataset).citation
    assert target.with_name(f"{name}.citation.txt").read_text() == f"{cited}\n"
    assert inside(target) in {cited, None}
    assert (inside(target) is None) == (target.suffix == ".csv")


def inside(file: Path) -> str | None:
    """Return the citation that a file holds."""
    key = b"capgen.citation"
    match file.suffix:
        case ".parquet":
            return str(pq.read_metadata(file).metadata[key].decode())
        case ".arrow":
            return str(pa.ipc.open_file(file).schema.metadata[key].decode())
        case ".duckdb":
            with duckdb.connect(str(file), read_only=True) as connection:
                query = "select value from capgen_origin where key = 'capgen.citation'"
                return str(connection.sql(query).fetchall()[0][0])
    return None


def test_a_citation_needs_a_file_to_lie_beside(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="--citation: expected the name of a file"):
        export(dataset, "-", format="csv", citation=True)
    target = tmp_path / "panel.csv"
    target.with_name("panel.csv.citation.txt").write_text("mine")
    with pytest.raises(RequestError, match="--overwrite"):
        export(dataset, str(target), citation=True)
    assert not target.exists()

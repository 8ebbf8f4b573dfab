"""Asking a panel in SQL: the virtual one and a written one give the same answers, in every form."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import capgen
from capgen.cli.app import main
from capgen.draws import by_block
from capgen.draws.arrays import Floats
from capgen.sql import Connection
from capgen.timeline.time_axis import Span, TimeAxis
from tests.conftest import BuildOnce, make_config

SMALL = {
    "num_servers": 9,
    "granularity": "hourly",
    "start_date": "2023-12-20",
    "end_date": "2024-01-10",
}
FLAGS = [f"--set={key}={value}" for key, value in SMALL.items()]
QUERIES = [
    "select count(*) as rows from panel",
    (
        "select server_type, avg(cpu_p95) as cpu, max(net_out_p95) as net from panel "
        "group by all order by all"
    ),
    "select * from panel where server_id = 'server_004' and month = 1 order by timestamp",
    (
        "select * from panel where year = 2023 and (server_type = 'batch' or is_weekend = 1) "
        "order by all"
    ),
    (
        "select server_id, mem_p95 from panel where timestamp >= timestamp '2024-01-03 05:00:00' "
        "order by all"
    ),
    (
        "select count(*) as rows from panel where cpu_p95 > 80 and not region = 'EU' "
        "and server_id in ('server_001', 'x')"
    ),
    (
        "select eoq_factor(timestamp) as factor, count(*) as rows from panel where is_eoq = 1 "
        "group by all"
    ),
    "select app_name, dayofweek from panel where server_type = 'nothing'",
    (
        "select sum(cpu_p95 * net_in_p95) as product from panel where quarter = 4 "
        "and dayofweek between 1 and 3"
    ),
]


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(name="a dataset", **SMALL)


@pytest.fixture(scope="module")
def panels(dataset: Path) -> Iterator[tuple[Connection, Connection]]:
    """The virtual panel, and the same from files."""
    with capgen.connect(make_config(**SMALL)) as virtual, capgen.connect(dataset) as written:
        yield virtual, written


@pytest.mark.parametrize("query", QUERIES)
def test_the_virtual_panel_answers_like_the_files(
    panels: tuple[Connection, Connection], query: str
) -> None:
    virtual, written = (panel.sql(query).pl() for panel in panels)
    # Floating-point sums depend on the order in which DuckDB's threads meet.
    assert_frame_equal(virtual, written, rel_tol=1e-12)


def test_both_panels_have_the_same_columns(panels: tuple[Connection, Connection]) -> None:
    columns = "select column_name, column_type from (describe panel)"
    virtual, written = (panel.sql(columns).fetchall() for panel in panels)
    assert virtual == written


def test_a_cursor_sees_the_panel_and_the_macros(panels: tuple[Connection, Connection]) -> None:
    for panel in panels:
        with panel.cursor() as cursor:
            query = (
                "select count(*), max(eoq_factor(timestamp)), max(is_holiday(timestamp)::int) "
                "from panel"
            )
            assert cursor.sql(query).fetchall() == [(4752, 1.3, 1)]


def test_a_condition_on_servers_and_days_draws_only_these(monkeypatch: pytest.MonkeyPatch) -> None:
    servers: list[str] = []
    draw = by_block.draw_normals

    def noting(
        seed: int, server_ids: Sequence[str], axis: TimeAxis, span: Span, out: Floats, *how: Any
    ) -> None:
        servers.extend(server_ids)
        draw(seed, server_ids, axis, span, out, *how)

    monkeypatch.setattr(by_block, "draw_normals", noting)
    with capgen.connect(make_config(**SMALL)) as connection:
        connection.sql(
            "select avg(cpu_p95) from panel where server_id = 'server_003' and month = 1"
        ).fetchall()
        assert servers == ["server_003"]
        connection.sql("select count(*) from panel").fetchall()
        assert servers == ["server_003"]


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_output_files_read_back(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"answer.{ending}"
    query = "select server_id, cpu_p95, month from panel order by timestamp, server_id limit 100"
    assert main(["query", query, *FLAGS, "--output", str(file)]) == 0
    assert capsys.readouterr().out == ""
    read: pl.DataFrame = getattr(pl, f"read_{ending}")(file)
    with capgen.connect(make_config(**SMALL)) as connection:
        expected = connection.sql(query).pl()
    assert_frame_equal(read, expected, check_dtypes=False)
    assert list(tmp_path.iterdir()) == [file]


def test_csv_and_json_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    query = "select month, count(*) as rows from panel group by all order by all"
    assert main(["query", query, *FLAGS, "--format", "csv"]) == 0
    assert capsys.readouterr().out == "month,rows\n1,2160\n12,2592\n"
    assert main(["query", query, *FLAGS, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"month": 1, "rows": 2160},
        {"month": 12, "rows": 2592},
    ]
    assert main(["query", f"from ({query}) where rows < 0", *FLAGS, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_table_says_that_there_is_more(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "from panel", "--data", str(dataset)]) == 0
    shown = capsys.readouterr()
    assert len(shown.out.splitlines()) == 41
    assert "first 40 rows" in shown.err


def test_a_table_shows_texts_as_they_are(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    query = "select '[/x]' as a, '[bold]b[/bold]' as \"[c]\", ':smile:' as d from panel limit 1"
    assert main(["query", query, "--data", str(dataset)]) == 0
    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == ["a", "[c]", "d"]
    assert row.split() == ["[/x]", "[bold]b[/bold]", ":smile:"]


def test_an_ending_in_capitals_is_known(dataset: Path, tmp_path: Path) -> None:
    file = tmp_path / "answer.CSV"
    query = "select count(*) as rows from panel"
    assert main(["query", query, "--data", str(dataset), "--output", str(file)]) == 0
    assert file.read_text() == "rows\n4752\n"


def test_a_query_without_data_says_which_panel_it_asks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CF_DATA_SEED", "7")
    monkeypatch.setattr(sys, "stdin", io.StringIO("select count(*) as rows from panel"))
    assert main(["query", "-", "--set=num_servers=10", "--preset=telemetry"]) == 0
    shown = capsys.readouterr()
    assert shown.out.split() == ["rows", "14610"]
    assert shown.err.count("\n") == 1
    for fact in (
        "preset telemetry",
        "CF_DATA_SEED",
        "--set num_servers",
        "10 servers",
        "2022-01-01 to",
        "--data",
    ):
        assert fact in shown.err


def test_a_query_of_a_dataset_leaves_stderr_clean(
    dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["query", "select count(*) as rows from panel", "--data", str(dataset)]) == 0
    shown = capsys.readouterr()
    assert (shown.out.split(), shown.err) == (["rows", "4752"], "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["selec"], ["SQL", "selec"]),
        (["select cpu from panel"], ["cpu", "cpu_p95"]),
        ([""], ["expected one statement"]),
        (["select 1", "--data", "nowhere"], ["nowhere", "manifest"]),
        (["select 1", "--data", "nowhere", "--seed=3"], ["--data", "--seed"]),
        (["select 1", "--format", "parquet"], ["--output"]),
        (["select 1", "--output", "a.txt"], [".csv", "a.txt"]),
        (["select 1", "--format", "excel"], ["excel", "csv"]),
        (["select '\udcff'"], ["UTF-8", r"got '\udcff'"]),
        (["select '\udcff'", "--unsafe"], ["UTF-8", r"got '\udcff'"]),
    ],
)
def test_wrong_requests_are_one_line(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["query", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert all(word in error for word in words)


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_a_query_that_fails_leaves_no_file(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    query = "select error('stop') as never from panel"
    assert main(["query", query, *FLAGS, "--output", str(tmp_path / f"answer.{ending}")]) == 2
    assert "stop" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []

"""What is broken, or leaves a question open, is refused in one line; nothing is written."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import capgen
from capgen import CapgenError
from capgen.cli.app import main
from tests.texts import any_text

GOOD = "timestamp,host,cpu\n" + "".join(
    f"2024-01-01 00:{minute:02}:00,a,{minute}.5\n" for minute in range(30)
)
BROKEN: dict[str, tuple[bytes, str]] = {
    "cut in the middle": (GOOD[:-6].encode(), "expected 3 values, got 2"),
    "another encoding": (GOOD.replace(",a,", ",ü,").encode("latin-1"), "csv.encoding"),
    "mixed delimiters": ((GOOD + GOOD.replace(",", ";")).encode(), "expected 3 values, got 1"),
    "a page in place of a table": (b"<!DOCTYPE html>\n<html>Log in</html>", "expected a table"),
    "an error as JSON": (b'{"error": {"code": "Forbidden"}}', "expected a table"),
    "no rows": (b"timestamp,host,cpu\n", "got no"),
    "nothing": (b"", "empty file"),
    "a line of megabytes": (GOOD.encode() + b"x" * 3_000_000, "2 MB"),
    "zero bytes": (b"\0" * 4000, "zero bytes"),
    "a quote that does not end": ((GOOD + '"' + GOOD).encode(), "x.csv"),
    "columns of one name": (b"timestamp,host,host\n", "twice"),
    "columns that differ in capital letters": (b"timestamp,host,cpu,CPU\n", "'CPU' twice"),
    "decimals behind a comma": (
        GOOD.replace(",", ";").replace(".", ",").encode(),
        "such as '0,5'; name columns under metrics, or set csv.decimal",
    ),
    "no number": (GOOD.replace(".5", "%").encode(), "expected"),
    "times without a form": (GOOD.replace("2024-01-01", "1/1/24").encode(), "time.format"),
    "times of another age": (GOOD.replace("2024", "1888").encode(), "1990"),
    "times of two units": (
        b"timestamp,host,cpu\n" + b"1704067200,a,1\n" * 1001 + b"1704067200000,a,1\n",
        "expected times of 1990 to 2149, got 2024-01-01 00:00:00 to 9999",
    ),
    "times of which one says how far from UTC it is": (
        GOOD.replace("00:05:00,", "00:05:00+02:00,").encode(),
        "got '2024-01-01 00:05:00+02:00'; load those of one kind",
    ),
    "times with the name of a zone": (GOOD.replace(",a,", " CET,a,").encode(), "time.zone"),
    "lines that end in two ways": (
        GOOD.replace("\n", "\r\n").encode() + b"2024-01-01 09:00,a,1\n",
        "expected lines that all end alike",
    ),
    "irregular times": (
        b"timestamp,host,cpu\n2024-01-01,a,1\n2024-01-02,a,2\n2024-01-12,a,2\n2024-03-12,a,2\n",
        "step",
    ),
}
QUESTIONS = {
    "unknown key": ({"shap": "wide"}, "did you mean 'shape'"),
    "no such column": ({"metrics": {"cpu": {"column": "cpus"}}}, "did you mean 'cpu'"),
    "unit": ({"metrics": {"cpu": {"column": "cpu", "unit": "x", "to": "percent"}}}, "which of"),
    "no unit": ({"metrics": {"cpu": {"column": "cpu", "to": "percent"}}}, "expected unit"),
    "expression": ({"metrics": {"cpu": {"column": "cpu", "expression": "val"}}}, "value"),
    "an expression that counts": (
        {"metrics": {"cpu": {"column": "cpu", "expression": "count(value)"}}},
        "for each value",
    ),
    "shape": ({"shape": "long"}, "long.name"),
    "rows of a long table that are counted": (
        {
            "shape": "long",
            "long": {"name": "host", "value": "cpu"},
            "server": {"value": "a"},
            "time": {"origin": "2024-01-01", "step": "5min"},
        },
        "expected a wide table",
    ),
    "another name": (
        {
            "shape": "long",
            "long": {"name": "host", "value": "cpu"},
            "server": {"value": "a"},
            "metrics": {"cpu": {"name": "b"}},
        },
        "each metric's name",
    ),
    "server": ({"server": {"file": "(.+).parquet"}}, "fit"),
    "statistic": (
        {"metrics": {"cpu": {"column": "cpu", "statistic": "p95"}}, "step": "1min"},
        "percentile of percentiles",
    ),
    "step": ({"step": "2h"}, "nothing is interpolated"),
    "reader": ({"reader": "tables"}, "did you mean 'table'"),
}


def refusal(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    before = sorted(folder.rglob("*"))
    code = main(["load", str(folder / "x.csv"), "-o", str(folder / "out"), *options])
    assert code in {1, 2}
    assert sorted(folder.rglob("*")) == before
    (line,) = [
        text for text in capsys.readouterr().err.splitlines() if not text.startswith("note:")
    ]
    assert line.startswith("error: ")
    return line


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_export_is_refused_in_one_line(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, says = BROKEN[kind]
    (tmp_path / "x.csv").write_bytes(content)
    assert says in refusal(tmp_path, capsys, "--as", "table")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{"cpu": 1}, {"cpu": 2}]', "x.ndjson: expected a JSON object in each line"),
        ('{"cpu": 1}\n' * 20480 + '{"cpu": "n/a"}\n', "x.ndjson, line 20481: expected a value"),
    ],
)
def test_ndjson_that_is_none_is_refused(text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "x.ndjson").write_text(text, encoding="utf-8")
    settings = ["server.value=a", "time.origin=2024-01-01", "time.step=5min"]
    with pytest.raises(CapgenError, match=says):
        capgen.load(tmp_path / "x.ndjson", None, mapping="table", settings=settings)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_mapping_that_leaves_a_question_open_is_refused(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys, says = QUESTIONS[kind]
    (tmp_path / "x.csv").write_text(GOOD, encoding="utf-8")
    mapping = tmp_path / "m.yaml"
    mapping.write_text(yaml.safe_dump(keys), encoding="utf-8")
    assert says in refusal(tmp_path, capsys, "--as", str(mapping), "--to", "hourly")


def test_a_query_of_ours_that_fails_is_no_fault_of_the_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.csv").write_text(GOOD, encoding="utf-8")
    wrong = "select no_such_column from sources"
    monkeypatch.setattr(
        "capgen.telemetry.pipeline.survey", lambda connection: connection.sql(wrong)
    )
    line = refusal(tmp_path, capsys, "--as", "table")
    assert "internal error" in line
    assert "no_such_column" in line
    assert "x.csv" not in line


def test_what_nothing_recognises_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    assert "which is it?" in refusal(tmp_path, capsys)


def test_a_folder_without_files_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.csv" / "year=2024").mkdir(parents=True)
    assert "files of exports" in refusal(tmp_path, capsys)
    assert "files of exports" in refusal(tmp_path, capsys, "--as", "table")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "b.csv: expected another file of zabbix-history, as a.csv is, got zabbix-trends"),
        (["--as", "table"], "got b.csv (csv) and c.ndjson (ndjson)"),
    ],
)
def test_a_file_of_another_form_than_its_folder_has_is_named(
    options: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "x.csv"
    folder.mkdir()
    if not options:
        (folder / "a.csv").write_text("host,key_,clock,ns,value\n", encoding="utf-8")
    header = "host,key_,clock,num,value_min,value_avg,value_max\n"
    (folder / "b.csv").write_text(header, encoding="utf-8")
    (folder / "c.ndjson").write_text("{}\n", encoding="utf-8")
    assert says in refusal(tmp_path, capsys, *options)


def test_what_several_recognise_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    header = "host,key_,clock,ns,num,value,value_avg\n"
    (tmp_path / "x.csv").write_text(header, encoding="utf-8")
    assert "zabbix-history" in refusal(tmp_path, capsys)


def test_a_folder_that_holds_something_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    assert "empty or new folder" in refusal(tmp_path, capsys, "--as", "table")


@given(st.data())
def test_no_bytes_bring_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(GOOD)))
    noise = data.draw(st.one_of(st.binary(max_size=40), any_text(max_size=20).map(str.encode)))
    stop = data.draw(st.integers(start, len(GOOD)))
    file = tmp_path_factory.mktemp("broken") / "x.csv"
    file.write_bytes(GOOD[:start].encode() + noise + GOOD[stop:].encode())
    with suppress(CapgenError):
        assert capgen.load(file, None, mapping="table").rows

"""What is not capgen's is never touched: where a command's file may go, and how it gets there."""

from __future__ import annotations

import os
import socket
import stat
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from pathlib import Path
from textwrap import dedent

import polars as pl
import pytest

from capgen import RequestError
from capgen.cli.app import main
from capgen.config.sources import preset_text
from capgen.report import write_report
from tests.conftest import BuildOnce, deep
from tests.processes import run_script

SMALL = {"num_servers": 4, "end_date": "2022-01-05"}
QUERY = "select server_id, cpu_p95 from panel order by all"
FLAGS = ["--servers=4", "--end-date=2022-01-05"]


@pytest.fixture(scope="module")
def dataset(build_once: BuildOnce) -> Path:
    return build_once(**SMALL)


# Commands that write one file: their words, up to its name.
WRITERS: dict[str, Callable[[Path], list[str]]] = {
    "query": lambda _: ["query", QUERY, *FLAGS, "--format=csv", "--output"],
    "export": lambda dataset: ["export", str(dataset), "--format=csv"],
    "config init": lambda _: ["config", "init"],
}


@pytest.fixture(params=WRITERS)
def command(request: pytest.FixtureRequest, dataset: Path) -> list[str]:
    return WRITERS[request.param](dataset)


@cache
def content_of(command: tuple[str, ...]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written for itself"
        assert main([*command, str(path)]) == 0
        return path.read_bytes()


@pytest.fixture
def content(command: list[str]) -> bytes:
    """What the command writes."""
    return content_of(tuple(command))


def test_a_file_is_replaced_only_when_asked(
    command: list[str], content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "it's [1] *.csv"
    path.write_text("mine")
    assert main([*command, str(path)]) == 2
    assert path.read_text() == "mine"
    assert main([*command, str(path), "--overwrite"]) == 0
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_leads_to_what_is_written(
    command: list[str], content: bytes, tmp_path: Path
) -> None:
    for name in ("there", "not there"):
        link = tmp_path / f"link to what is {name}"
        link.symlink_to(tmp_path / name)
    (tmp_path / "there").write_text("mine")
    assert main([*command, str(tmp_path / "link to what is there")]) == 2
    assert (tmp_path / "there").read_text() == "mine"
    for name in ("there", "not there"):
        link = tmp_path / f"link to what is {name}"
        assert main([*command, str(link), "--overwrite"]) == 0
        assert link.is_symlink()
        assert (tmp_path / name).read_bytes() == content


def test_other_names_of_a_file_keep_what_they_have(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "one").write_text("mine")
    (tmp_path / "other").hardlink_to(tmp_path / "one")
    assert main([*command, str(tmp_path / "one"), "--overwrite"]) == 0
    assert (tmp_path / "other").read_text() == "mine"


@pytest.mark.parametrize("overwrite", [pytest.param([], marks=deep), ["--overwrite"]])
def test_a_pipe_is_written_into(
    command: list[str], content: bytes, overwrite: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    assert main([*command, str(path), *overwrite]) == 0
    reader.join(20)
    assert read == [content]
    assert stat.S_ISFIFO(path.stat().st_mode)
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_is_written_into(command: list[str]) -> None:
    assert main([*command, "/dev/null", "--overwrite"]) == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_full_device_is_named(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "/dev/full"]) == 1
    *_, line = capsys.readouterr().err.splitlines()
    assert line.startswith("error: /dev/full: No space left on device")


def folder(path: Path) -> None:
    path.mkdir()


def a_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(path))


def circle(path: Path) -> None:
    path.symlink_to(path)


@pytest.mark.parametrize("make", [folder, a_socket, circle])
def test_what_cannot_be_written_is_refused(
    make: Callable[[Path], None],
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's name must be short
    make(Path("there"))
    before = Path("there").lstat().st_ino
    assert main([*command, "there", "--overwrite"]) in {1, 2}
    *_, line = capsys.readouterr().err.splitlines()
    assert "there" in line
    assert Path("there").lstat().st_ino == before


def test_below_a_file(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    assert main([*command, str(tmp_path / "file/below.csv")]) == 2
    assert "got a file there" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["a.csv", "_capgen/manifest.json", "_capgen/a.csv", "year=2022/server_type=web/a.csv"]
)
def test_nothing_is_written_inside_a_dataset(
    name: str, command: list[str], dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "linked").symlink_to(dataset)
    before = {path: path.stat().st_mtime_ns for path in dataset.rglob("*")}
    form = f"--format={Path(name).suffix[1:]}"
    words = [form if word == "--format=csv" else word for word in command]
    for folder in (dataset, tmp_path / "linked"):
        assert main([*words, str(folder / name), "--overwrite"]) == 2
        assert "outside of the dataset" in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in dataset.rglob("*")} == before


@pytest.mark.parametrize(
    "made", ["manifest.json", "manifest.schema.json", "staging/_capgen/build.json"]
)
def test_nor_inside_a_damaged_one_or_one_that_was_begun(
    made: str, command: list[str], tmp_path: Path
) -> None:
    mark = tmp_path / "data/_capgen" / made
    mark.parent.mkdir(parents=True)
    mark.write_text("{}")
    assert main([*command, str(tmp_path / "data/a.csv")]) == 2
    assert list((tmp_path / "data").iterdir()) == [tmp_path / "data/_capgen"]


def test_standard_output(
    command: list[str],
    content: bytes,
    tmp_path: Path,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    capfdbinary.readouterr()
    for name in ("-", "/dev/stdout"):
        assert main([*command, name]) == 0
        assert capfdbinary.readouterr().out == content
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_a_file_behind_standard_output_keeps_what_it_has(name: str, tmp_path: Path) -> None:
    usual = os.dup(1)
    with (tmp_path / "log").open("ab") as log:
        log.write(b"before\n")
        log.flush()
        os.dup2(log.fileno(), 1)
        try:
            assert main(["config", "init", name]) == 0
        finally:
            os.dup2(usual, 1)
            os.close(usual)
    assert (tmp_path / "log").read_bytes() == b"before\n" + preset_text("default").encode()


def test_a_reader_that_has_seen_enough(dataset: Path) -> None:
    script = f"""
        import os
        from capgen.cli.app import main
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, 1)
        for name in ("-", "/dev/stdout"):
            assert main(["export", {str(dataset)!r}, name, "--format=csv"]) == 0
    """
    outcome = run_script(dedent(script))
    assert (outcome.returncode, outcome.stderr) == (0, "")


def test_a_table_is_no_stream(dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(dataset), "-", "--format=delta"]) == 2
    assert "delta" in capsys.readouterr().err


def test_parquet_on_standard_output(
    dataset: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["export", str(dataset), "-", "--format=parquet"]) == 0
    shown = capfdbinary.readouterr()
    assert pl.read_parquet(shown.out).height == 20
    assert shown.err.startswith(b"Wrote standard output: 20 rows")


@pytest.mark.parametrize("ending", ["csv", "json", "parquet"])
def test_an_answer_of_any_type_is_written(ending: str, tmp_path: Path) -> None:
    kinds = (
        "select 1 as a, 2 as a, [1] as b, {'x': 1} as c, interval 1 day as d, '1'::blob as e, "
        "1::hugeint as f"
    )
    path = tmp_path / f"a.{ending}"
    assert main(["query", kinds, "--output", str(path)]) == 0
    read: pl.DataFrame = getattr(pl, f"read_{ending}")(path)
    assert read.columns == ["a", "a_1", "b", "c", "d", "e", "f"]


def test_a_report_is_replaced_only_when_asked_and_never_lies_in_a_dataset(
    dataset: Path, tmp_path: Path
) -> None:
    with pytest.raises(RequestError, match="outside of the dataset"):
        write_report(dataset, dataset / "report", overwrite=True)
    (tmp_path / "dashboard.png").write_text("mine")
    with pytest.raises(RequestError, match=r"dashboard\.png.*--overwrite"):
        write_report(dataset, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["dashboard.png"]


@pytest.mark.parametrize("inside", ["below", "_capgen/below", "year=2022/below"])
def test_no_dataset_inside_a_dataset(
    inside: str, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(dataset.rglob("*"))
    out = str(dataset / inside)
    assert main(["build", *FLAGS, f"--out={out}", "--overwrite"]) == 2
    assert main(["build", *FLAGS, f"--out={tmp_path / 'apart'}", f"--clean-twin={out}"]) == 2
    assert main(["rollup", str(dataset), "--to=daily", f"--out={out}"]) == 2
    assert main(["export", str(dataset), f"delta:{out}"]) == 2
    assert "outside of the dataset" in capsys.readouterr().err
    assert sorted(dataset.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []

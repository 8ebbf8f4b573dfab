"""Places that are not like others: read-only, below a parent of somebody else's, oddly named."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from capgen import CapgenError, RequestError, build, repair
from capgen.cli.app import main
from capgen.dataset.manifest import read_manifest
from capgen.storage.inspection import problems
from capgen.storage.local.locking import one_writer
from capgen.storage.local.places import Places
from capgen.storage.location import locate
from capgen.system.paths import local_path
from tests.conftest import deep, make_config, needs_root

SMALL = {"num_servers": 10, "end_date": "2022-03-31"}
BUILD = ["build", "--servers=10", "--end-date=2022-03-31"]


def is_whole(folder: Path) -> bool:
    return not list(problems(folder, read_manifest(folder)))


@pytest.mark.parametrize("holder", ["inside", "beside"])
def test_who_sees_the_target_otherwise_heeds_the_lock(
    holder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "data"
    build(make_config(**SMALL), target)
    inside = target / "_capgen" / "lock"
    beside = tmp_path / ".data.capgen-lock"
    assert Places.of(target).lock == beside
    with one_writer(inside if holder == "inside" else beside, target):
        if holder == "beside":
            monkeypatch.chdir(target)
        with pytest.raises(CapgenError, match=rf"process {os.getpid()} on .* is writing it"):
            build(make_config(**SMALL, seed=3), target, overwrite=True)


@needs_root
def test_a_complete_dataset_on_a_read_only_disk(
    mount: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    disk = mount("size=4m")
    data = disk / "data"
    assert main([*BUILD, f"--out={data}"]) == 0
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    capsys.readouterr()
    for command, said in {
        (*BUILD, f"--out={data}"): "complete already",
        ("repair", str(data)): "nothing to repair",
        ("verify", str(data)): "all as built",
        ("check", str(data)): "rules",
        ("query", "from panel limit 1", "--data", str(data)): "server_0",
        ("export", str(data), str(tmp_path / "a.parquet")): "Wrote",
    }.items():
        assert main(list(command)) == 0
        output = capsys.readouterr()
        assert said in output.out
        assert not output.err
    assert main([*BUILD, "--seed=5", "--overwrite", f"--out={data}"]) == 1
    assert main(["export", str(data), str(disk / "a.parquet")]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all("Read-only" in line for line in lines)


@needs_root
def test_an_answer_on_a_full_disk(
    mount: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    disk = mount("size=64k")
    query = ["query", "from panel", *BUILD[1:], "--output", str(disk / "answer.csv")]
    assert main(query) == 1
    *_note, line = capsys.readouterr().err.splitlines()
    assert "No space left" in line
    assert not list(disk.iterdir())


@pytest.mark.parametrize("name", ["n" * 255, "ñ" * 127, pytest.param("n" * 240, marks=deep)])
def test_names_as_long_as_they_may_be(name: str, tmp_path: Path) -> None:
    target = tmp_path / name
    build(make_config(**SMALL), target)
    build(make_config(**SMALL, seed=1), target, overwrite=True)
    assert is_whole(target)
    stem = name.encode()[:240].decode(errors="ignore")
    assert main(["export", str(target), str(tmp_path / f"{stem}.parquet")]) == 0
    query = ["query", "from panel limit 1", "--data", str(target)]
    assert main([*query, "--output", str(tmp_path / f"{stem}.csv")]) == 0
    assert len(list(tmp_path.iterdir())) == 3


def test_a_name_that_is_too_long_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*BUILD, f"--out={tmp_path / ('n' * 256)}"]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "name too long" in line


def test_tilde_means_the_same_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for command in (
        [*BUILD, "--out=~/data", "--set=layers.outliers={}", "--clean-twin=~/twin"],
        ["verify", "~/data"],
        ["check", "~/data"],
        ["repair", "~/data"],
        ["query", "from panel limit 1", "--data=~/data", "--output=~/answer.csv"],
        ["export", "~/data", "~/data.parquet"],
        ["config", "init", "~/my.yaml"],
        ["config", "check", "~/my.yaml"],
        ["config", "show", "--config=~/my.yaml"],
    ):
        assert main(command) == 0, command
    capsys.readouterr()
    found = {each.name for each in tmp_path.iterdir()}
    assert found == {"data", "twin", "answer.csv", "data.parquet", "my.yaml"}


@pytest.mark.parametrize(
    "arguments",
    [
        [*BUILD, "--out="],
        [*BUILD, "--out=data", "--clean-twin="],
        [*BUILD, "--out=~no-such-user/data"],
        ["verify", ""],
        ["query", "from panel", "--data="],
        ["query", "from panel", "--output=~no-such-user/a.csv"],
        ["export", "~no-such-user/data"],
        ["check", "~no-such-user/data"],
        ["config", "show", "--config="],
        ["config", "check", "~no-such-user/my.yaml"],
    ],
)
def test_names_of_nothing(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "expected" in line
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_named_like_a_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    build(make_config(**SMALL), "./~no-such-user")
    assert is_whole(locate("./~no-such-user"))
    assert local_path(local_path("./~no-such-user")) == tmp_path / "~no-such-user"


def test_a_deleted_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    data = tmp_path / "data"
    for command in ([*BUILD, f"--out={data}"], ["verify", str(data)], ["check", str(data)]):
        assert main(command) == 0, command
    assert main(["export", str(data), str(tmp_path / "a.csv")]) == 0
    assert main(["query", "from panel limit 1", "--data", str(data)]) == 0
    assert repair(data) == []
    capsys.readouterr()
    for command in (BUILD, ["verify", "data"], ["export", str(data)]):
        assert main(command) == 2
    assert capsys.readouterr().err.count("the working folder was deleted") == 3
    with pytest.raises(RequestError, match="working folder was deleted"):
        build(make_config(**SMALL), "elsewhere")


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work on a file system that has no locks."""

    def refuse(_descriptor: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("capgen.storage.local.locking.lock_file", refuse)


@pytest.mark.usefixtures("no_locks")
def test_one_writer_on_a_file_system_without_locks(tmp_path: Path) -> None:
    target = tmp_path / "data"
    refused: list[str] = []

    def build_again(_rows: int) -> None:
        if not refused:
            with pytest.raises(
                CapgenError, match=rf"process {os.getpid()} on .* is writing it"
            ) as error:
                build(make_config(**SMALL, seed=3), target, overwrite=True)
            refused.append(str(error.value))

    build(make_config(**SMALL), target, workers=1, on_rows=build_again)
    assert "remove" in refused[0]
    assert is_whole(target)
    assert [each.name for each in tmp_path.iterdir()] == ["data"]


@pytest.mark.usefixtures("no_locks")
def test_without_locks_a_process_that_has_ended_holds_nothing(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    held = tmp_path / ".data.capgen-held"
    held.write_text(f"process {int(ended.stdout)} on {socket.gethostname()}")
    build(make_config(**SMALL), tmp_path / "data")
    assert not held.exists()
    held.write_text(f"process {int(ended.stdout)} on another machine")
    with pytest.raises(
        CapgenError, match=r"on another machine is writing it.*or remove .*capgen-held"
    ):
        build(make_config(**SMALL, seed=3), tmp_path / "data", overwrite=True)

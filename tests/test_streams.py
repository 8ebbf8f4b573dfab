"""Whoever listens, or does not: an exit code is the outcome's."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from capgen import build
from capgen.cli.stopping import kept_when_stopped
from capgen.dataset.manifest import read_manifest
from capgen.errors import StoppedError
from capgen.storage.inspection import problems
from tests.conftest import deep, make_config
from tests.processes import MAIN, Process, run_script

# Runs commands in one process, each with its standard streams as a shell would give them to it:
# "closed", "full", "left" by its reader, or a "file"; writes down exit codes and standard error.
SCRIPT = """
import io, json, os, sys
from pathlib import Path
from capgen.__main__ import run

def give(number, what):
    os.close(number)
    if what == "closed":
        return None
    if what == "left":
        reader, writer = os.pipe()
        os.close(reader)
    else:
        path = "/dev/full" if what == "full" else f"channel{number}"
        writer = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    if writer != number:
        os.dup2(writer, number)
        os.close(writer)
    return os.fdopen(number, "w" if number else "r", closefd=False)

told = []
for command, streams in json.loads(sys.argv[1]):
    for number, (name, what) in enumerate(zip(("stdin", "stdout", "stderr"), streams)):
        setattr(sys, name, give(number, what))
    sys.argv = ["capgen", *(word.replace("&", " ") for word in command.split())]
    try:
        run()
    except SystemExit as end:
        told.append([end.code, Path("channel2").read_text() if streams[2] == "file" else ""])
Path("told.json").write_text(json.dumps(told))
"""
FULL = ("file", "full", "file")
LISTENERS = [
    FULL,
    ("closed", "closed", "closed"),
    ("file", "full", "full"),
    ("file", "left", "left"),
    ("file", "file", "closed"),
]
VERDICTS = {"verify good": 0, "verify bad": 1, "check bad": 1, "check nothing": 2}
FEW_LISTENERS = {"check bad": [FULL, ("file", "left", "left")]}  # as it takes longest
BUILDS = [
    f"build --servers=10 --end-date=2022-01-31 --out new{number}"
    for number in range(len(LISTENERS))
]
ANSWERS = ["config show", "sql", "plan --servers=10", "query from&panel --format=csv --data=good"]
Case = tuple[str, tuple[str, str, str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a good dataset, and one that has lost a file."""
    folder = tmp_path_factory.mktemp("streams")
    build(make_config(num_servers=10, end_date="2022-03-31"), folder / "good")
    shutil.copytree(folder / "good", folder / "bad")
    next((folder / "bad").rglob("*.parquet")).unlink()
    return folder


def verdicts() -> Iterator[Case]:
    """Yield each command that comes to a verdict, with those who listen to it."""
    for command in VERDICTS:
        yield from product([command], FEW_LISTENERS.get(command, LISTENERS))


@pytest.fixture(scope="module")
def outcomes(folder: Path) -> dict[Case, tuple[int, str]]:
    """Return exit codes, and what was said on standard error."""
    cases = [
        *verdicts(),
        *zip(BUILDS, LISTENERS, strict=True),
        *product(ANSWERS, [FULL, ("file", "left", "file")]),
    ]
    run_script(SCRIPT, json.dumps(cases), folder=folder)
    told = json.loads((folder / "told.json").read_text())
    return dict(zip(cases, map(tuple, told), strict=True))


@pytest.mark.parametrize("listeners", LISTENERS, ids=", ".join)
def test_a_verdict_stands(
    listeners: tuple[str, str, str], outcomes: dict[Case, tuple[int, str]]
) -> None:
    for command in (command for command, heard in verdicts() if heard == listeners):
        expected = VERDICTS[command]
        code, errors = outcomes[command, listeners]
        assert code == expected
        assert "Traceback" not in errors
        if listeners == FULL and expected < 2:
            assert errors == "note: standard output: No space left on device\n"


def test_a_build_builds(folder: Path, outcomes: dict[Case, tuple[int, str]]) -> None:
    for number, case in enumerate(zip(BUILDS, LISTENERS, strict=True)):
        assert outcomes[case][0] == 0
        target = folder / f"new{number}"
        assert not list(problems(target, read_manifest(target)))


@pytest.mark.parametrize("command", ANSWERS)
def test_an_answer_that_is_lost_is_a_failure(
    command: str, outcomes: dict[Case, tuple[int, str]]
) -> None:
    assert outcomes[command, FULL] == (1, "error: standard output: No space left on device\n")


@pytest.mark.parametrize("command", ANSWERS)
def test_a_reader_may_have_seen_enough(command: str, outcomes: dict[Case, tuple[int, str]]) -> None:
    assert outcomes[command, ("file", "left", "file")] == (0, "")


STOPS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in STOPS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", STOPS)
def test_a_signal_stops_unless_the_parent_has_it_ignored(number: signal.Signals) -> None:
    with pytest.raises(StoppedError, match="again to go on"), kept_when_stopped("build"):
        signal.raise_signal(number)
    signal.signal(number, signal.SIG_IGN)
    with kept_when_stopped("build"):
        signal.raise_signal(number)


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=deep)])
def test_a_stopped_query_leaves_nothing_half_written(
    number: signal.Signals, folder: Path, tmp_path: Path
) -> None:
    command = [
        "query",
        "from panel, range(10000)",
        f"--data={folder / 'good'}",
        "--output=answer.csv",
    ]
    query = Process(MAIN, *command, folder=tmp_path)
    ended = query.signal_when(number, lambda: list(tmp_path.iterdir())).ended()
    assert ended.returncode == 130
    assert ended.stderr.splitlines()[-1] == "error: interrupted"
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("imported", ["typer", "polars"])
def test_a_start_that_is_stopped_says_one_line(imported: str) -> None:
    script = f"""
import signal, sys
class Finder:
    def find_spec(self, name, *_):
        if name == {imported!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
sys.argv = ["capgen", "plan"]
from capgen.__main__ import run
run()
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (130, "")
    assert ended.stderr == "error: interrupted\n"

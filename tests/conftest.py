"""What many tests share."""

from __future__ import annotations

import fcntl
import functools
import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import settings

from capgen import Config, build, load_config
from capgen.cli.app import main
from capgen.system.processors import processors

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="mounting a file system needs root")
# A user without an entry, a home or a name, who may read and search where the tests' Python lies.
_MAY = "+dac_read_search"
AS_NOBODY_KNOWN = [
    *("setpriv", "--reuid=54321", "--regid=54321", "--clear-groups"),
    *(f"--inh-caps={_MAY}", f"--ambient-caps={_MAY}"),
]
# A case that shows no more than its quick neighbours do: left to `tests/bench/deep.py`.
deep = pytest.mark.deep
BuildOnce = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

# Without it, each process that a test starts would compile all of capgen anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# No power fails during a test: what a killed process wrote is with the system, which tests ask.
# To wait for the disk, for which no other test makes use of the processor, would take a minute.
os.fsync = os.fstat  # type: ignore[assignment]

# Typer makes the commands anew whenever the command line is called, in 20 ms; here, once.
typer.main.get_command = functools.cache(typer.main.get_command)

# Properties try few examples in the suite, and many in `tests/bench/deep.py`.
settings.register_profile("quick", max_examples=5, deadline=None)
settings.register_profile("deep", max_examples=100, deadline=None)
settings.load_profile("quick")

# Begun first, so that no worker waits for one of them at the end.
_LONGEST = {"test_ray.py", "test_readme.py", "test_publishing.py", "test_wheel.py"}

_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_WORKERS = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def pytest_xdist_auto_num_workers() -> int:
    """Start a worker more than there are processors: many tests wait for other programs."""
    return processors() + 1


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let each worker import other test files first, so that none compiles what another does."""
    report = yield
    if isinstance(collector, pytest.Directory):
        first = _WORKER * len(report.result) // _WORKERS
        report.result = report.result[first:] + report.result[:first]
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests in the same order in each worker."""
    items.sort(key=lambda item: (item.path.name not in _LONGEST, item.path))


def examples(times: float) -> settings:
    """Return settings of a property whose examples are cheap, or dear.

    Args:
        times: how many times the usual number of examples it tries.
    """
    return settings(max_examples=max(2, int(times * settings().max_examples)))


def pytest_collection_finish() -> None:
    """Look for garbage less often, and not among the thousands of tests."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


def make_config(**overrides: Any) -> Config:
    """Return the default configuration with some keys changed, whatever the environment says."""
    return load_config(overrides=overrides, environment={})


def duckdb_command() -> str:
    """Return the path of the `duckdb` command that was installed beside this Python."""
    beside = Path(sys.executable).with_name("duckdb")
    found = str(beside) if beside.exists() else shutil.which("duckdb")
    assert found, "the duckdb command is missing: pip install duckdb-cli"
    return found


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `capgen` in this process, in an empty folder."""

    def run_capgen(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        output = StringIO()
        errors = StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(tmp_path)
            for name, value in variables.items():
                patch.setenv(name, value)
            with redirect_stdout(output), redirect_stderr(errors):
                code = main(arguments)
        return subprocess.CompletedProcess(arguments, code, output.getvalue(), errors.getvalue())

    return run_capgen


@pytest.fixture
def run_process(tmp_path: Path) -> Run:
    """Run `capgen` as a process of its own in an empty folder, which takes a second more."""

    def run_capgen(
        *arguments: str, stdin: str | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "capgen", *arguments]
        environment = {**os.environ, **variables}
        return subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )

    return run_capgen


@pytest.fixture(scope="session")
def build_once(tmp_path_factory: pytest.TempPathFactory) -> BuildOnce:
    """Build a dataset that tests only read, once for all of a worker that ask for the same."""
    made: dict[str, Path] = {}

    def dataset_of(name: str = "data", **overrides: Any) -> Path:
        key = json.dumps([name, overrides])
        if key not in made:
            made[key] = tmp_path_factory.mktemp("dataset") / name
            build(make_config(**overrides), made[key])
        return made[key]

    return dataset_of


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that the first worker who asks for it makes; the others wait and share it."""
    room = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        room = room.parent
    folder = room / f"{name} of all"
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = folder.with_suffix(".unfinished")
            unfinished.mkdir(exist_ok=True)
            make(unfinished)
            unfinished.rename(folder)
    return folder


def mounted(folder: Path, options: str) -> bool:
    folder.mkdir(exist_ok=True)
    return (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False
        ).returncode
        == 0
    )


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a small file system of its own."""
    folder = tmp_path / "mount"

    def mount_with(options: str) -> Path:
        if not mounted(folder, options):
            pytest.skip("mounting is not possible here")
        return folder

    yield mount_with
    subprocess.run(["umount", str(folder)], check=False, capture_output=True)

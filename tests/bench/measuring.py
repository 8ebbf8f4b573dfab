"""Runs work in a process of its own and reads what it cost.

A contender is a module with a function `run(folder, **settings)`, which writes Parquet files into a
folder. Its imports are not counted; nor is `prepare()`, where it has one.
"""

from __future__ import annotations

import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypedDict

ALLOCATOR_SETTING = "_RJEM_MALLOC_CONF"  # a process that has imported Polars hands its own on
LIBRARIES = ("capgen", "polars", "duckdb", "numpy", "pyarrow")
REPOSITORY = Path(__file__).parents[2]

_SECONDS_BETWEEN_LOOKS = 0.005
_TICKS = os.sysconf("SC_CLK_TCK")
_LONGEST_MESSAGE = 160


class ContenderError(Exception):
    """A contender failed; says why in one line."""


class Measured(TypedDict, total=False):
    """What a contender measures itself, in place of what is measured around it."""

    processor_seconds: float
    wall_seconds: float
    peak_megabytes: float | None
    details: dict[str, float]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a contender wrote, and what that cost."""

    rows: int
    bytes: int
    processor_seconds: float
    wall_seconds: float
    peak_megabytes: float | None
    details: dict[str, float] = field(default_factory=dict)

    @property
    def nanoseconds_per_row(self) -> float:
        """Processor time of a row."""
        return self.processor_seconds / self.rows * 1e9

    @property
    def rows_per_second(self) -> float:
        """Rows in a second of wall time."""
        return self.rows / self.wall_seconds

    @property
    def rows_per_core_second(self) -> float:
        """Rows in a second of processor time."""
        return self.rows / self.processor_seconds

    @property
    def bytes_per_row(self) -> float:
        """Bytes in the files of a row."""
        return self.bytes / self.rows


def child_environment() -> dict[str, str]:
    """Return the environment of a process that sets its own allocator, and may keep bytecode."""
    unwanted = {ALLOCATOR_SETTING, "PYTHONDONTWRITEBYTECODE"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}


def versions(*more: str) -> str:
    """Return the versions of Python and the libraries, as a line."""
    installed = ", ".join(f"{name} {version(name)}" for name in (*LIBRARIES, *more))
    return f"Python {platform.python_version()}, {installed}"


def peak_megabytes(process: str = "self") -> float | None:
    """Return the peak of a process's own memory; None where it has ended.

    What getrusage reports may be its parent's, from before the start.
    """
    peak = re.search(
        r"VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    )
    return int(peak[1]) / 1024 if peak else None


def processor_seconds() -> float:
    """Return what this process and its descendants have used."""
    return sum(_used(process) for process in with_descendants(os.getpid()))


def with_descendants(process: int) -> Iterator[int]:
    """Yield a process, and all below it."""
    yield process
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in children.read_text(encoding="utf-8").split():
            yield from with_descendants(int(child))


def _used(process: int) -> float:
    text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    fields = text.rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS  # its own, and of children that have ended


def measure_contender(module: str, settings: dict[str, Any], python: str, longest: float) -> Cost:
    """Run a contender in a process of its own, in a folder that is removed afterwards.

    Args:
        module: the contender.
        settings: of its `run`.
        python: a Python that has what it needs.
        longest: seconds after which it is stopped, with all that it started.

    Raises:
        ContenderError: it failed, or took longer.
    """
    command = [python, "-m", "tests.bench.measuring", module]
    with tempfile.TemporaryDirectory() as folder:
        code, out, errors = _ended([*command, folder, json.dumps(settings)], longest)
    if code:
        lines = errors.split("\n\n")[-1].strip().splitlines() or [f"exit code {code}"]
        raise ContenderError(lines[-1][:_LONGEST_MESSAGE])
    return Cost(**json.loads(out.splitlines()[-1]))


def _ended(command: Sequence[str], longest: float) -> tuple[int, str, str]:
    """Return a command's exit code, and what it printed to its two outputs."""
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=child_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            out, errors = process.communicate(timeout=longest)
        except subprocess.TimeoutExpired:
            for started in reversed([*with_descendants(process.pid)]):
                os.kill(started, signal.SIGKILL)
            raise ContenderError(f"stopped after {longest:g} seconds") from None
    return process.returncode, out, errors


def measure_command(command: Sequence[str]) -> Measured:
    """Run a command to its end and return what it cost, start-up included.

    Raises:
        ContenderError: it failed.
    """
    started = time.perf_counter()
    peak = None
    environment = child_environment()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        peak = peak_megabytes(str(process.pid)) or peak
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    _, status, usage = ended
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise ContenderError(f"{Path(command[0]).name}: exit code {process.returncode}")
    return {
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "wall_seconds": time.perf_counter() - started,
        "peak_megabytes": peak,
    }


def written(folder: Path) -> tuple[int, int]:
    """Return how many rows and bytes the Parquet files in a folder hold."""
    parquet = import_module("pyarrow.parquet")  # not before the work: it costs memory
    files = list(folder.rglob("*.parquet"))
    rows = sum(parquet.read_metadata(file).num_rows for file in files)
    return rows, sum(file.stat().st_size for file in files)


def _run_here(module: str, folder: Path, settings: dict[str, Any]) -> Cost:
    contender = import_module(module)
    getattr(contender, "prepare", lambda: None)()
    wall = time.perf_counter()
    processor = time.process_time()
    own: Measured | None = contender.run(folder, **settings)
    around = Measured(
        processor_seconds=time.process_time() - processor,
        wall_seconds=time.perf_counter() - wall,
        peak_megabytes=peak_megabytes(),
    )
    rows, size = written(folder)
    return Cost(rows=rows, bytes=size, **{**around, **(own or {})})  # type: ignore[arg-type]


def _main() -> None:
    module, folder, settings = sys.argv[1:]
    print(json.dumps(asdict(_run_here(module, Path(folder), json.loads(settings)))))


if __name__ == "__main__":
    _main()

"""Processes of their own that are there at once: forked from one that has imported capgen.

A new interpreter takes seconds for that. What a process does, suffers and leaves is the same; tests
of the start itself need a new one. Polars works in a child whose parent has only imported it.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
# A script that is the command line.
MAIN = "import sys; from capgen.cli.app import main; raise SystemExit(main(sys.argv[1:]))"


class Process:
    """A process that runs lines of Python, as `python -c` does.

    Args:
        script: the lines.
        arguments: what follows in `sys.argv`.
        folder: where it works; that of the project where none is given.
    """

    def __init__(self, script: str, *arguments: str, folder: Path = ROOT) -> None:
        self._room = tempfile.TemporaryDirectory()
        self._template = _template()
        told = {
            "script": script,
            "arguments": arguments,
            "folder": str(folder),
            "environment": dict(os.environ),
            "room": self._room.name,
        }
        assert self._template.stdin
        self._template.stdin.write(f"{json.dumps(told)}\n")
        self._template.stdin.flush()
        self.number = int(self._answer())

    def _answer(self) -> str:
        assert self._template.stdout
        return self._template.stdout.readline()

    def signal_when(self, number: int, happened: Callable[[], object]) -> Self:
        """Send a signal as soon as something has happened."""
        deadline = time.monotonic() + 60
        while not happened():
            assert time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(self.number, number)
        return self

    def ended(self) -> subprocess.CompletedProcess[str]:
        """Wait until it has ended; return how, and what it said."""
        code = int(self._answer())
        said = [(Path(self._room.name) / name).read_text() for name in ("output", "errors")]
        self._room.cleanup()
        return subprocess.CompletedProcess([], code, *said)


def run_script(
    script: str, *arguments: str, folder: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run lines of Python in a process of their own until it has ended."""
    return Process(script, *arguments, folder=folder).ended()


@cache
def _template() -> subprocess.Popen[str]:
    """Start the process that all others are forked from; it ends with this one."""
    command = [sys.executable, __file__]
    pipe = subprocess.PIPE
    started = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
    atexit.register(started.communicate)
    return started


def _serve() -> None:
    """Fork for each line of input: print the number of the process, then how it ended."""
    sys.path[0] = ""
    sys.path.append(str(ROOT))
    os.fsync = os.fstat  # type: ignore[assignment]  # as in `conftest.py`
    import capgen

    for name in capgen.__all__:
        getattr(capgen, name)  # imports it
    capgen.load_config(environment={})  # the default's file is read once
    for line in sys.stdin:
        with warnings.catch_warnings(action="ignore"):  # Python's, about threads of libraries
            child = os.fork()
        if child == 0:
            _become(**json.loads(line))
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(
    script: str, arguments: list[str], folder: str, environment: dict[str, str], room: str
) -> None:
    """Run the script, then end."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["-c", *arguments]
    for number, name in enumerate(["input", "output", "errors"]):
        channel = os.open(Path(room) / name, os.O_RDWR | os.O_CREAT)
        os.dup2(channel, number)
        os.close(channel)
    exec(compile(script, "<script>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's
    raise SystemExit


if __name__ == "__main__":
    _serve()

"""Moments at which a process dies: before and after each step that changes the file system."""

from __future__ import annotations

import json
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet

from capgen.storage.local import publishing
from tests.processes import ROOT, run_script

Moment = Callable[[object], None]
# Steps that change the file system, and the row groups.
STEPS: list[tuple[Any, str]] = [
    (Path, "replace"),
    (Path, "rename"),
    (Path, "unlink"),
    (shutil, "rmtree"),
    (os, "fsync"),
    (os, "link"),
    (pyarrow.parquet.ParquetWriter, "write_table"),
    (publishing, "exchange"),
]
# Ends at the chosen moment as if the power had gone. Otherwise it prints of each moment whether its
# step is one in the open.
SCRIPT = """
import json, os, signal, sys
from pathlib import Path
from capgen import build, load_config
from tests.faults import is_in_the_open, watched

target = Path(sys.argv[2])
fatal = int(sys.argv[3])
moments = []

def moment(place):
    moments.append(is_in_the_open(place, target))
    if len(moments) == fatal:
        os.kill(os.getpid(), signal.SIGKILL)

config = load_config(overrides=json.loads(sys.argv[1]), environment={})
with watched(moment):
    build(config, target, workers=2, overwrite=sys.argv[4] == "overwrite")
print(json.dumps(moments))
"""


@contextmanager
def watched(moment: Moment) -> Iterator[None]:
    """Call a function with the place of each step, before and after it."""
    with ExitStack() as undone:
        for owner, name in STEPS:
            step = getattr(owner, name)
            undone.callback(setattr, owner, name, step)
            setattr(owner, name, _between(moment, step))
        yield


def _between(moment: Moment, step: Callable[..., Any]) -> Callable[..., Any]:
    def watched_step(*arguments: Any, **options: Any) -> Any:
        moment(arguments[0])
        outcome = step(*arguments, **options)
        moment(arguments[0])
        return outcome

    return watched_step


def is_in_the_open(place: object, target: Path) -> bool:
    """Tell whether a step is one on the dataset's own folder, or on what lies beside it."""
    return isinstance(place, str | Path) and Path(place).parent == target.parent


def build_killed_at(
    moment: int,
    overrides: dict[str, Any],
    target: Path,
    *,
    overwrite: bool = False,
    inside: bool = False,
) -> list[bool]:
    """Build in a process of its own that dies at a moment.

    Args:
        moment: which one, from 1; 0 never.
        overrides: the configuration.
        target: the dataset's folder.
        overwrite: as in a build.
        inside: run in the dataset's folder, which then cannot be replaced in one step.

    Returns:
        Of each moment, where the build was not killed, whether its step is one in the open.
    """
    arguments = (json.dumps(overrides), str(target), str(moment))
    kind = "overwrite" if overwrite else "keep"
    result = run_script(SCRIPT, *arguments, kind, folder=target if inside else ROOT)
    assert result.returncode in (0, -9), result.stderr
    return json.loads(result.stdout) if result.returncode == 0 else []


def left_at(
    folder: Path, room: Path, make: Callable[[], object], *, of: Callable[[object, int], bool]
) -> list[Path]:
    """Make something in a folder; return copies of it from moments: what a kill would have left.

    Args:
        folder: where it is made.
        room: where the copies go.
        make: makes it, in one thread.
        of: tells, of the place of a step and the number of the moment, whether to copy.
    """
    copies: list[Path] = []
    moments = 0

    def moment(place: object) -> None:
        nonlocal moments
        moments += 1
        if of(place, moments):
            copies.append(Path(shutil.copytree(folder, room / str(moments))))

    with watched(moment):
        make()
    return copies


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """Let this process write no file beyond a size, in bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def interrupt_after(rows: int) -> Callable[[int], None]:
    """Return a function to call with rows, which interrupts once it has seen so many."""
    seen = 0

    def on_rows(new: int) -> None:
        nonlocal seen
        seen += new
        if seen > rows:
            raise KeyboardInterrupt

    return on_rows

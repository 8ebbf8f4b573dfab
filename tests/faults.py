"""Kills a build at a chosen moment: before or after its n-th step on the file system."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.processes import ROOT, run_script

# Counts the steps that change the file system, and the row groups, each before and after it. At the
# chosen moment the process ends as if the power had gone. Otherwise it prints of each moment
# whether its step is one on the dataset's own folder or on what lies beside it.
SCRIPT = """
import json, os, pathlib, shutil, signal, sys
import pyarrow.parquet
import capgen.storage.files, capgen.storage.local.publishing
from capgen import build, load_config

overrides = json.loads(sys.argv[1])
target = pathlib.Path(sys.argv[2])
fatal = int(sys.argv[3])
overwrite = sys.argv[4] == "overwrite"
moments = []

def moment(of):
    moments.append(isinstance(of, str | pathlib.Path) and pathlib.Path(of).parent == target.parent)
    if len(moments) == fatal:
        os.kill(os.getpid(), signal.SIGKILL)

def watch(owner, name):
    original = getattr(owner, name)
    def watched(*arguments, **options):
        moment(arguments[0])
        outcome = original(*arguments, **options)
        moment(arguments[0])
        return outcome
    setattr(owner, name, watched)

for owner, name in [
    (pathlib.Path, "replace"),
    (pathlib.Path, "rename"),
    (pathlib.Path, "unlink"),
    (shutil, "rmtree"),
    (os, "fsync"),
    (os, "link"),
    (pyarrow.parquet.ParquetWriter, "write_table"),
    (capgen.storage.local.publishing, "exchange"),
]:
    watch(owner, name)
build(load_config(overrides=overrides, environment={}), target, workers=2, overwrite=overwrite)
print(json.dumps(moments))
"""


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
        Each moment there was, where the build was not killed: whether it is before or after a step
        on the dataset's own folder, or on what lies beside it. None where it was killed.
    """
    arguments = (json.dumps(overrides), str(target), str(moment))
    kind = "overwrite" if overwrite else "keep"
    result = run_script(SCRIPT, *arguments, kind, folder=target if inside else ROOT)
    assert result.returncode in (0, -9), result.stderr
    return json.loads(result.stdout) if result.returncode == 0 else []


def interrupt_after(rows: int) -> Callable[[int], None]:
    """Return a function to call with rows, which interrupts once it has seen so many."""
    seen = 0

    def on_rows(new: int) -> None:
        nonlocal seen
        seen += new
        if seen > rows:
            raise KeyboardInterrupt

    return on_rows

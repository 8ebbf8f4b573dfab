"""What many tests share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from capgen import Config, load_config

Run = Callable[..., subprocess.CompletedProcess[str]]


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
    """Run `capgen` as a process of its own in an empty folder."""

    def run_capgen(*arguments: str, stdin: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "capgen", *arguments]
        environment = {**os.environ, **variables}
        return subprocess.run(
            command, cwd=tmp_path, env=environment, input=stdin, capture_output=True, text=True, check=False
        )

    return run_capgen

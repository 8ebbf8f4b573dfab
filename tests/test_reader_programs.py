"""What the programs themselves write, where they are installed."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.exports.opened import opened
from tests.exports.prometheus import dump_openmetrics

PROMTOOL = shutil.which("promtool")
START = datetime(2024, 1, 1)
VALUES = [0.1, 1e22, 45.2, -7.25e-9]


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")
def test_what_promtool_stores_and_dumps_comes_back(tmp_path: Path) -> None:
    samples = [(START + timedelta(minutes=number), value) for number, value in enumerate(VALUES)]
    labels = {"__name__": "cpu", "instance": "a", "path": 'C:\\x "y"\n, } 1 2'}
    lines = tmp_path / "in.om"
    lines.write_text(dump_openmetrics([(labels, samples)]))
    store = tmp_path / "store"
    run("create-blocks-from", "openmetrics", str(lines), str(store))
    (store / "wal").mkdir()
    found = opened("prometheus", {"dump.txt": run("dump", str(store))}, tmp_path)
    rows = [("a", "cpu", None, moment, value) for moment, value in samples]
    assert found.rows == sorted(rows, key=str)


def run(*arguments: str) -> str:
    command = [str(PROMTOOL), "tsdb", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout

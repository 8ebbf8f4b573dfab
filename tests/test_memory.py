"""Peak memory does not grow with the panel."""

from __future__ import annotations

import json
from pathlib import Path

from tests.bench.build_cost import SCRIPT
from tests.processes import run_script

MOST_MEGABYTES = 450
MOST_GROWTH = 1.15


def peak_of(servers: int, folder: Path, *options: str) -> float:
    """Build a year of hours in a process of its own; return the megabytes that it took."""
    panel = [f"--servers={servers}", "--granularity=hourly", "--years=1", "--workers=2"]
    ended = run_script(SCRIPT, "build", *panel, *options, "--json", f"--out={folder / 'data'}")
    assert ended.returncode == 0, ended.stderr
    return float(json.loads(ended.stdout.splitlines()[-1])["peak_megabytes"])


def test_peak_of_a_panel_is_low(tmp_path: Path) -> None:
    assert peak_of(300, tmp_path) < MOST_MEGABYTES


def test_peak_of_a_panel_is_hardly_above_that_of_a_tenth_of_the_servers(tmp_path: Path) -> None:
    """Both fill the row groups of so little memory; `build_cost` shows larger ones."""
    within = "--memory=300MB"
    tenth = peak_of(30, tmp_path / "tenth", within)
    assert peak_of(300, tmp_path / "whole", within) < MOST_GROWTH * tenth

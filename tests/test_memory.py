"""Peak memory is low, and does not grow with the panel."""

from __future__ import annotations

import json
from pathlib import Path

from tests.processes import run_script

MOST_MEGABYTES = 400
MOST_GROWTH = 1.06  # keeping the rows of the second half would be more
# Prints the peaks of the process's own memory once half of the rows are made, and at the end.
SCRIPT = """
import json, re, sys
from pathlib import Path
from capgen import build, load_config

overrides = {"num_servers": 150, "granularity": "hourly", "end_date": "2022-12-31"}
rows = 0
peaks = []

def peak():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) / 1024

def on_rows(new):
    global rows
    rows += new
    if rows >= 150 * 365 * 12 and not peaks:
        peaks.append(peak())

config = load_config(overrides=overrides, environment={})
build(config, "data", workers=2, memory=json.loads(sys.argv[1]), on_rows=on_rows)
print(json.dumps([*peaks, peak()]))
"""


def peaks(memory: int | None, folder: Path) -> tuple[float, float]:
    """Build a year of hours; return the megabytes that it took up to its half, and in all."""
    ended = run_script(SCRIPT, json.dumps(memory), folder=folder)
    assert ended.returncode == 0, ended.stderr
    half, whole = json.loads(ended.stdout)
    return half, whole


def test_peak_of_a_panel_is_low(tmp_path: Path) -> None:
    assert peaks(None, tmp_path)[1] < MOST_MEGABYTES


def test_peak_of_a_panel_is_hardly_above_that_of_its_first_half(tmp_path: Path) -> None:
    """Row groups are small enough to be full long before; `build_cost` shows larger panels."""
    half, whole = peaks(300_000_000, tmp_path)
    assert whole < MOST_GROWTH * half

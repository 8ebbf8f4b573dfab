"""What a build costs: processor time a row, bytes a row and peak memory, each build in a process of its own.

Run `python -m tests.bench.build_cost`. Times of one run compare with each other only: machines differ, and are shared.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from typing import Any

CASES = {
    "daily, 120 servers, 4 years": ({"granularity": "daily", "num_servers": 120}, 2),
    "hourly, 12 servers, 4 years": ({"granularity": "hourly", "num_servers": 12}, 2),
    "hourly, 120 servers, 4 years": ({"granularity": "hourly", "num_servers": 120}, 2),
    "hourly, 120 servers, 4 years, one worker": ({"granularity": "hourly", "num_servers": 120}, 1),
    "hourly, 1,200 servers, 1 year": ({"granularity": "hourly", "num_servers": 1200, "end_date": "2022-12-31"}, 2),
    "1min, 10 servers, 1 month": ({"granularity": "1min", "num_servers": 10, "end_date": "2022-01-31"}, 2),
}


def measure(overrides: dict[str, Any], workers: int) -> dict[str, float]:
    """Run `capgen build` and return what it cost, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        settings = [f"--set={key}={value}" for key, value in overrides.items()]
        command = ["build", *settings, f"--workers={workers}", f"--out={folder}/data", "--json"]
        with subprocess.Popen([sys.executable, "-m", "capgen", *command], stdout=subprocess.PIPE) as process:
            assert process.stdout
            result = json.loads(process.stdout.read())
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return {
        "rows": result["rows"],
        "bytes": result["bytes"],
        "wall_seconds": result["seconds"],
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "peak_megabytes": usage.ru_maxrss / 1024,
    }


def main() -> None:
    """Print a table of all cases, with versions."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("capgen", "polars", "duckdb", "numpy", "pyarrow"))
    print(f"Python {platform.python_version()}, {libraries}\n")
    print(f"{'case':42} {'rows':>12} {'ns/row':>8} {'B/row':>6} {'peak MB':>8} {'wall s':>7}")
    for name, (overrides, workers) in CASES.items():
        cost = measure(overrides, workers)
        rows = cost["rows"]
        print(
            f"{name:42} {rows:12,.0f} {cost['processor_seconds'] / rows * 1e9:8.0f} {cost['bytes'] / rows:6.1f} "
            f"{cost['peak_megabytes']:8.0f} {cost['wall_seconds']:7.1f}"
        )


if __name__ == "__main__":
    main()

"""What a build costs: processor time and bytes a row, peak memory; each build is its own process.

Run `python -m tests.bench.build_cost`. Times of one run compare with each other only: machines
differ, and are shared.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import Any

from tests.bench.measuring import child_environment, versions

CASES = {
    "daily, 120 servers, 4 years": ({"granularity": "daily", "num_servers": 120}, 2),
    "hourly, 12 servers, 4 years": ({"granularity": "hourly", "num_servers": 12}, 2),
    "hourly, 120 servers, 4 years": ({"granularity": "hourly", "num_servers": 120}, 2),
    "hourly, 120 servers, 4 years, one worker": ({"granularity": "hourly", "num_servers": 120}, 1),
    "hourly, 1,200 servers, 1 year": (
        {"granularity": "hourly", "num_servers": 1200, "end_date": "2022-12-31"},
        2,
    ),
    "1min, 10 servers, 1 month": (
        {"granularity": "1min", "num_servers": 10, "end_date": "2022-01-31"},
        2,
    ),
}


# The peak is that of the process's own memory: getrusage may report that of its parent, from before
# the start.
SCRIPT = """
import json, pathlib, re, sys, time
from capgen.cli.app import main
code = main(sys.argv[1:])
peak = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
print(json.dumps({"processor_seconds": time.process_time(), "peak_megabytes": int(peak[1]) / 1024}))
sys.exit(code)
"""


def measure(overrides: dict[str, Any], workers: int) -> dict[str, float]:
    """Run `capgen build` in a process of its own and return what it cost, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        settings = [f"--set={key}={value}" for key, value in overrides.items()]
        command = ["build", *settings, f"--workers={workers}", f"--out={folder}/data", "--json"]
        script = [sys.executable, "-c", SCRIPT, *command]
        result = subprocess.run(
            script, env=child_environment(), capture_output=True, text=True, check=True
        )
    built, cost = (json.loads(line) for line in result.stdout.splitlines())
    return {
        "rows": built["rows"],
        "bytes": built["bytes"],
        "wall_seconds": built["seconds"],
        **cost,
    }


def main() -> None:
    """Print a table of all cases, with versions."""
    print(f"{versions()}\n")
    print(f"{'case':42} {'rows':>12} {'ns/row':>8} {'B/row':>6} {'peak MB':>8} {'wall s':>7}")
    for name, (overrides, workers) in CASES.items():
        cost = measure(overrides, workers)
        rows = cost["rows"]
        nanoseconds = cost["processor_seconds"] / rows * 1e9
        print(
            f"{name:42} {rows:12,.0f} {nanoseconds:8.0f} {cost['bytes'] / rows:6.1f} "
            f"{cost['peak_megabytes']:8.0f} {cost['wall_seconds']:7.1f}"
        )


if __name__ == "__main__":
    main()

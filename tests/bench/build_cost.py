"""What a build costs: processor time a row, bytes a row and peak memory, each build in a process of its own.

Run `python -m tests.bench.build_cost`. Times of one run compare with each other only: machines differ, and are shared.
"""

from __future__ import annotations

import json
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

SCRIPT = """
import json, resource, sys, time
from capgen import build, load_config
config = load_config(overrides=json.loads(sys.argv[1]), environment={})
loaded = time.process_time()
result = build(config, sys.argv[2], workers=int(sys.argv[3]))
cost = {"rows": result.rows, "bytes": result.bytes, "wall_seconds": result.seconds,
        "processor_seconds": time.process_time() - loaded,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
print(json.dumps(cost))
"""


def measure(overrides: dict[str, Any], workers: int) -> dict[str, float]:
    """Build in a process of its own and return what it cost."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", SCRIPT, json.dumps(overrides), f"{folder}/data", str(workers)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    cost: dict[str, float] = json.loads(result.stdout)
    return cost


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

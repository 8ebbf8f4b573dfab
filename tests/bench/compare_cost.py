"""What a comparison costs: two hourly panels of 12 million rows each, and two of a tenth of that.

Run `python -m tests.bench.compare_cost`; it takes minutes. Memory should be the same.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import measure_command, versions, written

SERVERS = (34, 342)  # hourly, over four years


def main() -> None:
    """Print a table, with versions."""
    print(f"{versions('scikit-learn')}\n")
    print(f"{'rows':>12} {'wall s':>8} {'processor s':>12} {'peak MB':>8}")
    capgen = [sys.executable, "-m", "capgen"]
    for servers in SERVERS:
        with tempfile.TemporaryDirectory() as place:
            folders = [Path(place) / name for name in ("one", "two")]
            for seed, folder in enumerate(folders):
                settings = [f"--servers={servers}", "--granularity=hourly", f"--seed={seed}"]
                measure_command([*capgen, "build", *settings, f"--out={folder}"])
            cost = measure_command([*capgen, "compare", *map(str, folders)])
            rows, _ = written(folders[0])
            times = f"{cost['wall_seconds']:8.1f} {cost['processor_seconds']:12.1f}"
            print(f"{rows:12,} {times} {cost['peak_megabytes']:8.0f}", flush=True)


if __name__ == "__main__":
    main()

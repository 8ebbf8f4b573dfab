"""What a fit costs: 147 servers hourly, and 500 servers every five minutes, each over 91 days.

Run `python -m tests.bench.fit_cost`; it takes some minutes, and 200 MB of disk for a while.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import measure_command, versions, written

SIZES = ((147, "hourly"), (500, "5min"))
DAYS = ("--start-date=2024-01-01", "--end-date=2024-03-31")


def line(servers: int, step: str, folder: Path) -> str:
    """Build a panel, fit it, and return what the fit cost as a line of the table."""
    capgen = [sys.executable, "-m", "capgen"]
    size = [f"--servers={servers}", f"--granularity={step}", *DAYS]
    data = folder / "data"
    measure_command([*capgen, "build", "--preset=realistic", *size, f"--out={data}"])
    cost = measure_command([*capgen, "fit", str(data), f"--out={folder / 'fleet.yaml'}"])
    rows, _ = written(data)
    times = f"{cost['wall_seconds']:8.1f} {cost['processor_seconds']:12.1f}"
    return f"{servers:8} {step:8} {rows:12,} {times} {cost['peak_megabytes']:8.0f}"


def main() -> None:
    """Print a table, with versions."""
    print(f"{versions()}\n")
    print(
        f"{'servers':>8} {'step':8} {'rows':>12} {'wall s':>8} {'processor s':>12} {'peak MB':>8}"
    )
    for servers, step in SIZES:
        with tempfile.TemporaryDirectory() as place:
            print(line(servers, step, Path(place)), flush=True)


if __name__ == "__main__":
    main()

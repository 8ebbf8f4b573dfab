"""What a report and a check cost, on panels of 4.2, 42 and 140 million rows, each in a process.

Run `python -m tests.bench.report_cost`; it takes some minutes, and 2 GB of disk for a while. Times
of one run compare with each other only: machines differ, and are shared.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import measure_command, versions, written

SERVERS = (120, 1200, 4000)  # hourly, over four years
COMMANDS = ("check", "report")


def build(servers: int, folder: Path) -> None:
    """Build an hourly panel in a process of its own."""
    settings = [f"--servers={servers}", "--granularity=hourly", f"--out={folder}"]
    measure_command([sys.executable, "-m", "capgen", "build", *settings])


def line(command: str, folder: Path, out: Path) -> str:
    """Run a command on a dataset and return what it cost as a line of the table."""
    options = [f"--out={out}"] if command == "report" else []
    cost = measure_command([sys.executable, "-m", "capgen", command, str(folder), *options])
    rows, _ = written(folder)
    nanoseconds = cost["processor_seconds"] / rows * 1e9
    times = f"{cost['wall_seconds']:7.1f} {cost['processor_seconds']:12.1f}"
    return f"{command:8} {rows:12,} {times} {nanoseconds:17.0f} {cost['peak_megabytes']:8.0f}"


def main() -> None:
    """Print a table, with versions."""
    print(f"{versions('altair', 'vl-convert-python')}\n")
    times = f"{'wall s':>7} {'processor s':>12} {'processor ns/row':>17}"
    print(f"{'command':8} {'rows':>12} {times} {'peak MB':>8}")
    for servers in SERVERS:
        with tempfile.TemporaryDirectory() as place:
            data = Path(place) / "data"
            build(servers, data)
            for command in COMMANDS:
                print(line(command, data, Path(place) / "out"), flush=True)


if __name__ == "__main__":
    main()

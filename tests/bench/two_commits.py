"""What two checkouts of capgen cost beside each other: processor time a row, and of a start.

Run `python -m tests.bench.two_commits A/.venv/bin/python B/.venv/bin/python`: each Python has one
of them installed. They take turns, each first in every other round, and the least of all rounds
counts: what else a machine does only adds to it. The last column is how much more B takes than A;
given one Python twice, it says what chance does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.bench.measuring import child_environment, measure_command

# No folder of the caller's may come before the capgen that the Python has installed.
_ISOLATED = "-P"
# One worker, after a small build that pays for what is loaded once.
_BUILD = """
import json, sys, tempfile, time
import capgen
values = json.loads(sys.argv[1])
preset = values.pop("preset")
def build(**more):
    config = capgen.load_config(preset=preset, overrides={**values, **more}, environment={})
    with tempfile.TemporaryDirectory() as folder:
        started = time.process_time()
        rows = capgen.build(config, folder + "/data", workers=1).rows
        return (time.process_time() - started) / rows * 1e9
build(num_servers=4, end_date=values["start_date"])
print(build())
"""
_YEAR = {"granularity": "hourly", "start_date": "2024-01-01", "end_date": "2024-12-31"}
_SERVERS = {"default": 120, "telemetry": 100, "realistic": 40}
Measure = Callable[[str], float]


def nanoseconds_per_row(preset: str, python: str) -> float:
    """Return the processor time of a row of a build, in a process of its own."""
    values = json.dumps({"preset": preset, "num_servers": _SERVERS[preset], **_YEAR})
    command = [python, _ISOLATED, "-c", _BUILD, values]
    result = subprocess.run(
        command, env=child_environment(), capture_output=True, text=True, check=True
    )
    return float(result.stdout)


def milliseconds_of(words: Sequence[str], python: str) -> float:
    """Return the processor time of a command of capgen, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        given = [folder if word == "FOLDER" else word for word in words]
        return (
            measure_command([python, _ISOLATED, "-m", "capgen", *given])["processor_seconds"] * 1e3
        )


CASES: dict[str, Measure] = {
    **{f"{preset}, ns a row": partial(nanoseconds_per_row, preset) for preset in _SERVERS},
    "capgen --help, ms": partial(milliseconds_of, ["--help"]),
    "daily default build, ms": partial(milliseconds_of, ["build", "--out", "FOLDER"]),
}


def least(measure: Measure, pythons: Sequence[str], rounds: int) -> list[float]:
    """Return the least that each Python took."""
    taken: list[list[float]] = [[] for _ in pythons]
    for number in range(rounds):
        order = range(len(pythons)) if number % 2 == 0 else reversed(range(len(pythons)))
        for position in order:
            taken[position].append(measure(pythons[position]))
    return [min(each) for each in taken]


def main() -> None:
    """Print a line a case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pythons", nargs=2, metavar="PYTHON", help="of a checkout")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    arguments = parser.parse_args()
    pythons = [str(Path(each).absolute()) for each in arguments.pythons]
    print(f"{'case':26} {'A':>9} {'B':>9} {'B more':>8}")
    for name, measure in CASES.items():
        if arguments.only in name:
            first, second = least(measure, pythons, arguments.rounds)
            print(f"{name:26} {first:9.1f} {second:9.1f} {second / first - 1:+8.1%}", flush=True)


if __name__ == "__main__":
    main()

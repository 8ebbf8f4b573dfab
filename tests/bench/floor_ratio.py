"""How near builds come to their floor, which is drawing their numbers and writing their tables.

Run `python -m tests.bench.floor_ratio`, or with several Pythons, each of which has a checkout of
capgen installed: they take turns, each first in every other round. It prints processor time a row
of an hourly build (240 servers, four years, one worker) and of its floor, what the start of a build
takes, which is a build of next to nothing, and the ratio to the floor with the start and without:
from the least of all rounds, and in the middle of the rounds' own.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from capgen.config import load_config
from capgen.engines.running import build
from tests.bench import floor
from tests.bench.measuring import REPOSITORY, child_environment

# The capgen that the Python has installed, and this folder's bench.
_ONCE = f"""
import json, sys
import capgen
sys.path.insert(0, {str(REPOSITORY)!r})
from tests.bench.floor_ratio import once
print(json.dumps(once()))
"""
_SERVERS = 240
_LARGE = {"granularity": "hourly", "num_servers": _SERVERS}
_HOURS = 24 * (4 * 365 + 1)
_YEARS = (2001, 2005, 2009, 2013)  # whose calendar the process has not yet asked for
Round = dict[str, float]


def once() -> Round:
    """Return build, floor and start in ns of processor time for each row of the build."""
    starts = [_start(year) for year in _YEARS][1:]
    with tempfile.TemporaryDirectory() as folder:
        measured = floor.run(Path(folder), _LARGE)
    seconds = {
        "build": measured["details"]["build"],
        "floor": measured["processor_seconds"],
        "start": min(starts),
    }
    rows = _SERVERS * _HOURS
    return {name: taken / rows * 1e9 for name, taken in seconds.items()}


def _start(year: int) -> float:
    day = f"{year}-01-01"
    small: dict[str, Any] = {**_LARGE, "num_servers": 4, "start_date": day, "end_date": day}
    config = load_config(overrides=small, environment={})
    with tempfile.TemporaryDirectory() as folder:
        before = time.process_time()
        build(config, Path(folder) / "data", workers=1)
        return time.process_time() - before


def in_turns(pythons: Sequence[str], rounds: int) -> dict[str, list[Round]]:
    """Return the rounds of each Python."""
    taken: dict[str, list[Round]] = {python: [] for python in pythons}
    for number in range(rounds):
        for python in pythons if number % 2 == 0 else reversed(pythons):
            result = subprocess.run(
                [python, "-P", "-c", _ONCE],
                env=child_environment(),
                capture_output=True,
                text=True,
                check=True,
            )
            taken[python].append(json.loads(result.stdout))
    return taken


def _line(name: str, rounds: Sequence[Round]) -> str:
    least = {part: min(each[part] for each in rounds) for part in rounds[0]}
    middle = [statistics.median(map(ratio, rounds)) for ratio in (_ratio, _ratio_without_start)]
    return (
        f"{name:8} {least['build']:7.1f} {least['floor']:7.1f} {least['start']:7.1f} "
        f"{_ratio(least):9.3f} {_ratio_without_start(least):9.3f} {middle[0]:9.3f} {middle[1]:9.3f}"
    )


def _ratio(times: Round) -> float:
    return times["build"] / times["floor"]


def _ratio_without_start(times: Round) -> float:
    return (times["build"] - times["start"]) / times["floor"]


def main() -> None:
    """Print a line for each Python."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    taken = in_turns([str(Path(each).absolute()) for each in arguments.pythons], arguments.rounds)
    print(f"{'':8} {'ns a row, the least':^23} {'ratio of these':^19} {'middle ratio':^19}")
    print(f"{'':8} {'build':>7} {'floor':>7} {'start':>7}" + f" {'with':>9} {'without':>9}" * 2)
    for number, rounds in enumerate(taken.values(), 1):
        print(_line(f"python {number}", rounds))


if __name__ == "__main__":
    main()

"""What fleets of more layers cost beside the default one, in processor time a row.

Run `python -m tests.bench.fleet_cost`. In each round a command builds every fleet once (as many
servers over hours, one worker), after one that builds next to nothing of it, which is taken off as
its start. Every other round goes backwards. It prints what a row takes, by the least build and the
least start of all rounds, and in the middle; and how many times as much as one of the default: by
the least, and in the middle of the rounds' own. The library has 300 invented servers with four
states, four kinds of day and five metrics.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from capgen.layers.library.writing import library_bytes
from capgen.timeline.epoch import HOURS_PER_DAY
from tests.bench.measuring import measure_command
from tests.libraries import FACTS, make_library

FLEETS = ("default", "telemetry", "realistic", "library")
_FIRST_DAY = date(2022, 1, 1)
_START = ("--servers=4", f"--start-date={_FIRST_DAY}", f"--end-date={_FIRST_DAY}")
_LIBRARY_ROWS = 300
_METRICS = ("cpu", "mem", "disk", "net_in", "net_out")
_ARCHETYPES = ("web", "application", "database", "batch")


class Build(NamedTuple):
    """Processor time of a build and of its start, in ns for each row of the build."""

    whole: float
    start: float

    @property
    def rest(self) -> float:
        """What the rows take."""
        return self.whole - self.start


Round = dict[str, Build]  # by fleet


def words_of(fleet: str, library: Path) -> list[str]:
    """Return the words of a command that builds a fleet."""
    if fleet != "library":
        return [f"--preset={fleet}"]
    own = [f"archetypes.{name}.{key}.net_out=70" for name in _ARCHETYPES for key in ("base", "sd")]
    of_library = ["metrics.net_out.derived=null", *own, "layers.library.use=draw"]
    return [f"--set={each}" for each in (*of_library, f"layers.library.file={library}")]


def write_library(file: Path) -> None:
    """Write the library of invented servers."""
    facts = FACTS.model_copy(update={"metrics": _METRICS, "states": 4, "kinds": 4})
    file.write_bytes(library_bytes(make_library(_LIBRARY_ROWS, facts)))


def seconds_of(words: Sequence[str]) -> float:
    """Return the processor time of a build of hours, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "capgen", "build", "--granularity=hourly", "--workers=1"]
        return measure_command([*command, f"--out={folder}/data", *words])["processor_seconds"]


def in_turns(rounds: int, servers: int, years: int) -> list[Round]:
    """Return what each fleet takes in each round."""
    after = _FIRST_DAY.replace(year=_FIRST_DAY.year + years)
    window = (f"--start-date={_FIRST_DAY}", f"--end-date={after - timedelta(days=1)}")
    whole = (f"--servers={servers}", *window)
    per_row = 1e9 / (servers * HOURS_PER_DAY * (after - _FIRST_DAY).days)
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "invented.library.parquet"
        write_library(library)
        words = {fleet: words_of(fleet, library) for fleet in FLEETS}
        taken = []
        for number in range(rounds):
            order = FLEETS if number % 2 == 0 else FLEETS[::-1]
            builds = {}
            for fleet in order:
                start = seconds_of([*words[fleet], *_START]) * per_row
                builds[fleet] = Build(seconds_of([*words[fleet], *whole]) * per_row, start)
            taken.append(builds)
    return taken


def _least(fleet: str, rounds: Sequence[Round]) -> float:
    every = [each[fleet] for each in rounds]
    return min(each.whole for each in every) - min(each.start for each in every)


def _line(fleet: str, rounds: Sequence[Round]) -> str:
    least = _least(fleet, rounds)
    middle = statistics.median(each[fleet].rest for each in rounds)
    times_least = least / _least("default", rounds)
    times = statistics.median(each[fleet].rest / each["default"].rest for each in rounds)
    return f"{fleet:10} {least:8.1f} {middle:8.1f} {times_least:8.2f} {times:8.2f}"


def main() -> None:
    """Print a line for each fleet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--servers", type=int, default=240)
    parser.add_argument("--years", type=int, default=4)
    arguments = parser.parse_args()
    rounds = in_turns(arguments.rounds, arguments.servers, arguments.years)
    print(f"{'':10} {'ns a row':^17} {'times the default':^17}")
    print(f"{'':10} " + " ".join(f"{column:>8}" for column in ("least", "middle") * 2))
    for fleet in FLEETS:
        print(_line(fleet, rounds))


if __name__ == "__main__":
    main()

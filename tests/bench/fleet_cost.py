"""What fleets of more layers cost beside the default one, in processor time a row.

Run `python -m tests.bench.fleet_cost`. Each round is a process that builds every fleet (as many
servers over hours, one worker), and before each of them its start: next to nothing of it, whose
calendar the process has not yet asked for. It prints what a row takes without the start, by the
least of all rounds and in the middle, and how many times as much as one of the default: by these,
in the middle of the rounds' own, and by the least with the start. The library has 300 invented
servers with four states, four kinds of day and five metrics.
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
from capgen.layers.library.writing import library_bytes
from tests.bench.measuring import REPOSITORY, child_environment
from tests.libraries import FACTS, make_library

_ONCE = """
import json, sys
from tests.bench.fleet_cost import once
print(json.dumps(once(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "True")))
"""
FLEETS = ("default", "telemetry", "realistic", "library")
_FIRST_YEAR = 2022
_OTHER_YEARS = (2001, 2009)  # the first of a process loads what is loaded once
_LIBRARY_ROWS = 300
_METRICS = ("cpu", "mem", "disk", "net_in", "net_out")
Settings = dict[str, Any]
Round = dict[str, dict[str, float]]  # by fleet: ns a row of its build, and of its start


def settings_of(fleet: str, folder: Path) -> Settings:
    """Return the preset of a fleet, and what it changes."""
    if fleet != "library":
        return {"preset": fleet, "overrides": {}}
    facts = FACTS.model_copy(update={"metrics": _METRICS, "states": 4, "kinds": 4})
    file = folder / "invented.library.parquet"
    file.write_bytes(library_bytes(make_library(_LIBRARY_ROWS, facts)))
    own = {"base": {"net_out": 70}, "sd": {"net_out": 70}}
    overrides = {
        "metrics": {"net_out": {"derived": None}},
        "archetypes": dict.fromkeys(("web", "application", "database", "batch"), own),
        "layers": {"library": {"file": str(file), "use": "draw"}},
    }
    return {"preset": "default", "overrides": overrides}


def once(servers: int, years: int, is_backwards: bool) -> Round:
    """Build each fleet in turn, after its start."""
    with tempfile.TemporaryDirectory() as folder:
        order = reversed(FLEETS) if is_backwards else FLEETS
        return {name: _of_fleet(name, Path(folder), servers, years) for name in order}


def _of_fleet(fleet: str, folder: Path, servers: int, years: int) -> dict[str, float]:
    settings = settings_of(fleet, folder)

    def seconds(servers: int, start: str, end: str) -> tuple[float, int]:
        window = {"num_servers": servers, "start_date": start, "end_date": end}
        overrides = {**settings["overrides"], **window, "granularity": "hourly"}
        config = load_config(preset=settings["preset"], overrides=overrides, environment={})
        with tempfile.TemporaryDirectory() as place:
            before = time.process_time()
            rows = build(config, Path(place) / "data", workers=1).rows
            return time.process_time() - before, rows

    starts = [seconds(4, f"{year}-01-01", f"{year}-01-01")[0] for year in _OTHER_YEARS]
    taken, rows = seconds(servers, f"{_FIRST_YEAR}-01-01", f"{_FIRST_YEAR + years - 1}-12-31")
    return {"build": taken / rows * 1e9, "start": starts[-1] / rows * 1e9}


def _in_turns(rounds: int, servers: int, years: int) -> list[Round]:
    taken = []
    for number in range(rounds):
        words = [str(servers), str(years), str(number % 2 == 1)]
        result = subprocess.run(
            [sys.executable, "-c", _ONCE, *words],
            env=child_environment(),
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        )
        taken.append(json.loads(result.stdout))
    return taken


def _line(name: str, rounds: Sequence[Round]) -> str:
    whole = [each[name]["build"] for each in rounds]
    rest = [_without_start(each, name) for each in rounds]
    beside = [_without_start(each, "default") for each in rounds]
    whole_beside = [each["default"]["build"] for each in rounds]
    ratios = [
        min(rest) / min(beside),
        statistics.median(rest) / statistics.median(beside),
        statistics.median(own / other for own, other in zip(rest, beside, strict=True)),
        min(whole) / min(whole_beside),
    ]
    times = f"{min(rest):8.1f} {statistics.median(rest):8.1f}"
    return f"{name:10} {times} " + " ".join(f"{ratio:8.2f}" for ratio in ratios)


def _without_start(taken: Round, name: str) -> float:
    return taken[name]["build"] - taken[name]["start"]


def main() -> None:
    """Print a line for each fleet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--servers", type=int, default=240)
    parser.add_argument("--years", type=int, default=4)
    arguments = parser.parse_args()
    rounds = _in_turns(arguments.rounds, arguments.servers, arguments.years)
    print(f"{'':10} {'ns a row':^17} {'times the default':^35}")
    columns = ("least", "middle", "least", "middle", "rounds'", "start in")
    print(f"{'':10} " + " ".join(f"{column:>8}" for column in columns))
    for name in FLEETS:
        print(_line(name, rounds))


if __name__ == "__main__":
    main()

"""Two workers of one process beside two processes of one worker each, which share the servers.

Run `python -m tests.bench.two_workers`. The two processes start together, and each makes half of
the servers: they reach what two processors can give. Time counts from after the imports. Both ways
take turns, each first in every other round. What two workers lose shows as idle time of a
processor, or as work that the two processes do not have: they do a little more, because each reads
the configuration, lays out the calendar and publishes a dataset of its own.

User and system time are the median of all runs, a row, and so are page faults and waits (threads
that the system put to sleep until another one lets them go on), a million rows.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from capgen.config import load_config
from tests.bench.contender_capgen import prepare, run
from tests.bench.measuring import versions

PROCESSORS = 2
SEPARATE = "2 processes, a worker each"
SHARED = "1 process, 2 workers"
PROCESSES = {SEPARATE: 2, SHARED: 1}
Overrides = dict[str, Any]


COUNTED = ("ru_utime", "ru_stime", "ru_minflt", "ru_nvcsw")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a build took: seconds, and numbers of page faults and of waits."""

    wall: float
    user: float
    system: float
    faults: float
    waits: float

    @property
    def idle(self) -> float:
        """Time in which a processor had nothing to do for the build."""
        return PROCESSORS * self.wall - self.user - self.system


def built(processes: int, preset: str, overrides: Overrides) -> Taken:
    """Build a panel with as many workers as there are processors.

    Args:
        processes: number of processes; each makes its part of the servers.
        preset: of the panel.
        overrides: of the whole panel.
    """
    part = {**overrides, "num_servers": overrides["num_servers"] // processes}
    spawning = multiprocessing.get_context("spawn")
    ready = spawning.Barrier(processes)
    results = spawning.SimpleQueue()
    arguments = (preset, part, PROCESSORS // processes, ready, results)
    builders = [spawning.Process(target=build_when_ready, args=arguments) for _ in range(processes)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
        if builder.exitcode:
            raise SystemExit(f"a build failed: exit code {builder.exitcode}")
    started, ended, *counted = zip(*(results.get() for _ in builders), strict=True)
    return Taken(max(ended) - min(started), *map(sum, counted))


def build_when_ready(preset: str, part: Overrides, workers: int, ready: Any, results: Any) -> None:
    """Import what a build needs, wait for the others, build, and say when and with what work."""
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        ready.wait()
        before = resource.getrusage(resource.RUSAGE_SELF)
        started = time.monotonic()  # the same clock in all processes
        with redirect_stderr(io.StringIO()):  # progress
            run(Path(folder), part, workers, preset)
        ended = time.monotonic()
        after = resource.getrusage(resource.RUSAGE_SELF)
    used = (getattr(after, name) - getattr(before, name) for name in COUNTED)
    results.put((started, ended, *used))


def taken_in_turns(preset: str, overrides: Overrides, rounds: int) -> Mapping[str, Sequence[Taken]]:
    """Return what each way took; the order changes from round to round."""
    taken: dict[str, list[Taken]] = {way: [] for way in PROCESSES}
    for number in range(rounds):
        for way in list(PROCESSES)[:: -1 if number % 2 else 1]:
            taken[way].append(built(PROCESSES[way], preset, overrides))
    return taken


def print_table(taken: Mapping[str, Sequence[Taken]], rows: int) -> None:
    """Print the quickest run of each way, medians of all, and what follows."""
    names = ("wall s", "median", "idle s", "user ns", "system ns", "faults", "waits")
    print(f"{'way':28} {' '.join(f'{name:>9}' for name in names)}")
    best = {way: min(run.wall for run in runs) for way, runs in taken.items()}
    middle = {way: median(run.wall for run in runs) for way, runs in taken.items()}
    for way, runs in taken.items():
        figures = (
            best[way],
            middle[way],
            median(run.idle for run in runs),
            median(run.user for run in runs) / rows * 1e9,
            median(run.system for run in runs) / rows * 1e9,
            median(run.faults for run in runs) / rows * 1e6,
            median(run.waits for run in runs) / rows * 1e6,
        )
        print(f"{way:28} {' '.join(f'{figure:9.2f}' for figure in figures)}")
    of_best = best[SEPARATE] / best[SHARED]
    of_middle = middle[SEPARATE] / middle[SHARED]
    print(f"two workers reach {of_best:.3f} of two processes; by medians {of_middle:.3f}")


def main() -> None:
    """Print what both ways take."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.two_workers", description=__doc__)
    parser.add_argument("--servers", type=int, default=1200, help="an even number")
    parser.add_argument("--granularity", default="hourly")
    parser.add_argument("--preset", default="default")
    parser.add_argument("--years", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(f"{versions()}\n")
    overrides = {
        "num_servers": asked.servers,
        "granularity": asked.granularity,
        "start_date": "2022-01-01",
        "end_date": f"{2021 + asked.years}-12-31",
    }
    rows = load_config(preset=asked.preset, overrides=overrides).rows
    print_table(taken_in_turns(asked.preset, overrides, asked.rounds), rows)


if __name__ == "__main__":
    main()

"""Two workers of one process beside two processes of one worker each, which share the servers.

Run `python -m tests.bench.two_workers`. The two processes start together, and each makes half of
the servers: they reach what two processors can give. Time counts from after the imports. Both ways
take turns, each first in every other round. What two workers lose shows as idle time of a
processor, or as work that the two processes do not have.
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

from tests.bench.contender_capgen import prepare, run
from tests.bench.measuring import versions

PROCESSORS = 2
SEPARATE = "2 processes, a worker each"
SHARED = "1 process, 2 workers"
PROCESSES = {SEPARATE: 2, SHARED: 1}
Overrides = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Times:
    """What a build took, in seconds."""

    wall: float
    user: float
    system: float

    @property
    def idle(self) -> float:
        """Time in which a processor had nothing to do for the build."""
        return PROCESSORS * self.wall - self.user - self.system


def built(processes: int, overrides: Overrides) -> Times:
    """Build a panel with as many workers as there are processors.

    Args:
        processes: number of processes; each makes its part of the servers.
        overrides: of the whole panel.
    """
    part = {**overrides, "num_servers": overrides["num_servers"] // processes}
    spawning = multiprocessing.get_context("spawn")
    ready = spawning.Barrier(processes)
    results = spawning.SimpleQueue()
    arguments = (part, PROCESSORS // processes, ready, results)
    builders = [spawning.Process(target=build_when_ready, args=arguments) for _ in range(processes)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
        if builder.exitcode:
            raise SystemExit(f"a build failed: exit code {builder.exitcode}")
    started, ended, user, system = zip(*(results.get() for _ in builders), strict=True)
    return Times(max(ended) - min(started), sum(user), sum(system))


def build_when_ready(part: Overrides, workers: int, ready: Any, results: Any) -> None:
    """Import what a build needs, wait for the others, build, and say when and with what work."""
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        ready.wait()
        before = resource.getrusage(resource.RUSAGE_SELF)
        started = time.monotonic()  # the same clock in all processes
        with redirect_stderr(io.StringIO()):  # progress
            run(Path(folder), part, workers)
        ended = time.monotonic()
        after = resource.getrusage(resource.RUSAGE_SELF)
    user = after.ru_utime - before.ru_utime
    results.put((started, ended, user, after.ru_stime - before.ru_stime))


def taken_in_turns(overrides: Overrides, rounds: int) -> Mapping[str, Sequence[Times]]:
    """Return the times of each way; the order changes from round to round."""
    taken: dict[str, list[Times]] = {way: [] for way in PROCESSES}
    for number in range(rounds):
        for way in list(PROCESSES)[:: -1 if number % 2 else 1]:
            taken[way].append(built(PROCESSES[way], overrides))
    return taken


def print_table(taken: Mapping[str, Sequence[Times]]) -> None:
    """Print the quickest run of each way, the median of all, and what follows."""
    print(f"{'way':28} {'wall s':>7} {'median':>7} {'user s':>7} {'system':>7} {'idle':>7}")
    best = {way: min(runs, key=lambda times: times.wall) for way, runs in taken.items()}
    middle = {way: median(times.wall for times in runs) for way, runs in taken.items()}
    for way, times in best.items():
        figures = (times.wall, middle[way], times.user, times.system, times.idle)
        print(f"{way:28} {' '.join(f'{figure:7.2f}' for figure in figures)}")
    of_best = best[SEPARATE].wall / best[SHARED].wall
    of_middle = middle[SEPARATE] / middle[SHARED]
    print(f"two workers reach {of_best:.3f} of two processes; by medians {of_middle:.3f}")


def main() -> None:
    """Print what both ways take."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.two_workers", description=__doc__)
    parser.add_argument("--servers", type=int, default=1200, help="an even number")
    parser.add_argument("--granularity", default="hourly")
    parser.add_argument("--preset", default="default")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(f"{versions()}\n")
    overrides = {"num_servers": asked.servers, "granularity": asked.granularity}
    print_table(taken_in_turns(overrides, asked.rounds))


if __name__ == "__main__":
    main()

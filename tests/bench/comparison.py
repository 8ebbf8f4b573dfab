"""capgen beside other ways to the same rows: a floor, DuckDB, Polars, Spark, other generators.

Run `python -m tests.bench.comparison`. Each runs alone, in a process of its own. Imports are not
counted. Times of one run compare with each other only: machines differ, and are shared.
RIVALS_PYTHON names a Python that has capgen and the packages of `RIVALS`; what is not there is a
failure in the table. Spark needs Java too.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

from tests.bench import report
from tests.bench.contenders import FULL, QUICK, Contender, contenders
from tests.bench.measuring import ContenderError, Cost, measure_command, measure_contender, versions
from tests.bench.rivals import versions_of_rivals

LONGEST_RUN = 240.0  # seconds, imports included


def measure_all(chosen: Sequence[Contender], repeats: int, minutes: float) -> dict[str, Cost | str]:
    """Run the contenders in turn, as often as asked; return the best costs, or why none.

    Args:
        chosen: what to run.
        repeats: runs of each that is repeated.
        minutes: after which no run begins.
    """
    outcomes: dict[str, Cost | str] = {}
    again = [contender for contender in chosen if contender.repeated]
    stop = time.monotonic() + 60 * minutes
    for contender in [*chosen, *again * (repeats - 1)]:
        before = outcomes.get(contender.name)
        if time.monotonic() > stop:
            outcomes.setdefault(contender.name, "not run: no time was left")
        elif not isinstance(before, str):
            outcome = _outcome(contender)
            print(report.line(contender.label, outcome), flush=True)
            outcomes[contender.name] = _best(before, outcome)
    return outcomes


def _outcome(contender: Contender) -> Cost | str:
    module = f"tests.bench.{contender.module}"
    try:
        return measure_contender(module, contender.settings, contender.python, LONGEST_RUN)
    except ContenderError as error:
        return str(error)


def _best(before: Cost | None, now: Cost | str) -> Cost | str:
    """Return the least times and the highest peak of two runs; a failure is kept."""
    if before is None or isinstance(now, str):
        return now
    best = min(before, now, key=lambda cost: cost.processor_seconds)
    peaks = [cost.peak_megabytes for cost in (before, now) if cost.peak_megabytes is not None]
    wall = min(before.wall_seconds, now.wall_seconds)
    return replace(best, wall_seconds=wall, peak_megabytes=max(peaks, default=None))


def start_up() -> str:
    """Return the processor time until work starts, as a line; of a second run, with bytecode."""
    commands = {
        "capgen --help": ["-m", "capgen", "--help"],
        "imports": ["-c", "import capgen.engines.running"],
    }
    times = []
    for name, arguments in commands.items():
        _, second = (measure_command([sys.executable, *arguments]) for _ in range(2))
        times.append(f"{name} {second['processor_seconds']:.2f} s")
    return f"start-up: {', '.join(times)}"


def main() -> None:
    """Print what is measured with, each run as it ends, the table, and what follows from it."""
    options = _options()
    every = list(contenders(QUICK if options.quick else FULL))
    chosen = [each for each in every if each.name.startswith(tuple(options.only))]
    if not chosen:
        raise SystemExit(f"--only: expected some of {', '.join(each.name for each in every)}")
    print(f"{versions()}; {versions_of_rivals()}")
    print(f"{os.cpu_count()} processors; {start_up()}\n", flush=True)
    outcomes = measure_all(chosen, options.repeat, options.minutes)
    costs = {name: cost for name, cost in outcomes.items() if isinstance(cost, Cost)}
    labels = {each.name: each.label for each in chosen}
    print("", *report.table(labels, outcomes, markdown=options.markdown), "", sep="\n")
    print(*report.findings(costs), sep="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.comparison", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a little of each, to see that it runs: no measurement"
    )
    parser.add_argument(
        "--only", nargs="+", metavar="NAME", default=[""], help="those whose names begin so"
    )
    parser.add_argument(
        "--repeat", type=int, metavar="N", default=1, help="keep the best times of so many runs"
    )
    parser.add_argument(
        "--minutes", type=float, default=10, help="begin no run after so many (%(default)s)"
    )
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()

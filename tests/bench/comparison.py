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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from capgen.config import load_config
from tests.bench import report
from tests.bench.measuring import ContenderError, Cost, measure_command, measure_contender, versions
from tests.bench.rivals import rivals_python, versions_of_rivals

Overrides = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Contender:
    """One line of the table.

    Args:
        name: what `--only` selects it by.
        label: what the table calls it.
        module: below `tests.bench`.
        settings: of the module's `run`.
        python: the Python that has what it needs.
    """

    name: str
    label: str
    module: str
    settings: dict[str, Any]
    python: str = sys.executable


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is built."""

    large: Overrides
    year: Overrides
    years: Overrides
    daily: Overrides
    minutely: Overrides
    loop: Overrides
    scale: float


FULL = Sizes(
    large={"granularity": "hourly", "num_servers": 1200},
    year={"granularity": "hourly", "num_servers": 1200, "end_date": "2022-12-31"},
    years={"granularity": "hourly", "num_servers": 120},
    daily={"granularity": "daily", "num_servers": 120},
    minutely={"granularity": "1min", "num_servers": 20, "end_date": "2022-12-31"},
    loop={"granularity": "hourly", "num_servers": 12, "end_date": "2022-03-31"},
    scale=1.0,
)
QUICK = Sizes(
    large={"granularity": "hourly", "num_servers": 200, "end_date": "2022-03-31"},
    year={"granularity": "hourly", "num_servers": 200, "end_date": "2022-01-31"},
    years={"granularity": "hourly", "num_servers": 10, "end_date": "2023-12-31"},
    daily={"granularity": "daily", "num_servers": 120, "end_date": "2022-12-31"},
    minutely={"granularity": "1min", "num_servers": 10, "end_date": "2022-01-10"},
    loop={"granularity": "hourly", "num_servers": 4, "end_date": "2022-01-31"},
    scale=0.01,
)


def contenders(sizes: Sizes) -> Iterator[Contender]:
    """Yield all contenders, in the order of the table."""
    for name, overrides, counts in (
        ("large", sizes.large, (1, 2)),
        ("hourly", sizes.year, (1, 2)),
        ("years", sizes.years, (2,)),
        ("daily", sizes.daily, (2,)),
        ("minutely", sizes.minutely, (1, 2)),
    ):
        for workers in counts:
            yield _capgen(name, overrides, workers)
    yield Contender("floor", f"floor {described(sizes.large)}", "floor", {"overrides": sizes.large})
    for name, overrides in (("duckdb", sizes.year), ("polars", sizes.years), ("loop", sizes.loop)):
        yield Contender(
            name, f"{name} {described(overrides)}", f"contender_{name}", {"overrides": overrides}
        )
    yield _rival("spark", f"Spark, capgen.cells, {described(sizes.year)}", overrides=sizes.year)
    yield _rival("synforecast", f"synforecast {described(sizes.year)}", overrides=sizes.year)
    fitted = f"synforecast, fitted, {described(sizes.loop)}"
    yield _rival("synforecast_fit", fitted, overrides=sizes.loop)
    for threads in (1, None):
        for compression in (None, "ZSTD(1)"):
            yield _tpchgen(sizes.scale, threads, compression)
    yield Contender(
        "entropy", f"entropy {described(sizes.year)}", "entropy", {"overrides": sizes.year}
    )


def _capgen(name: str, overrides: Overrides, workers: int) -> Contender:
    many = "1 worker" if workers == 1 else f"{workers} workers"
    settings = {"overrides": overrides, "workers": workers}
    return Contender(
        f"{name}-{workers}", f"capgen {described(overrides)}, {many}", "contender_capgen", settings
    )


def _tpchgen(scale: float, threads: int | None, compression: str | None) -> Contender:
    kind = compression or "its compression"
    many = f"{threads} thread" if threads else "its threads"
    name = f"tpchgen-{'zstd' if compression else 'default'}-{threads or 'all'}"
    settings = {"scale": scale, "threads": threads, "compression": compression}
    label = f"tpchgen-cli lineitem, scale {scale:g}, {kind}, {many}"
    return Contender(name, label, "contender_tpchgen", settings, rivals_python())


def _rival(name: str, label: str, **settings: Any) -> Contender:
    return Contender(name, label, f"contender_{name}", settings, rivals_python())


def described(overrides: Overrides) -> str:
    """Return the size of a panel in words."""
    config = load_config(overrides=overrides)
    days = (config.end_date - config.start_date) / timedelta(days=1) + 1
    return f"{config.granularity}, {config.num_servers:,} servers × {days:,.0f} days"


def measure_all(chosen: Sequence[Contender], repeats: int) -> dict[str, Cost | str]:
    """Run the contenders in turn, as often as asked; return the best costs, or why none."""
    outcomes: dict[str, Cost | str] = {}
    for contender in [*chosen] * repeats:
        before = outcomes.get(contender.name)
        if not isinstance(before, str):
            outcome = _outcome(contender)
            print(report.line(contender.label, outcome), file=sys.stderr, flush=True)
            outcomes[contender.name] = _best(before, outcome)
    return outcomes


def _outcome(contender: Contender) -> Cost | str:
    try:
        module = f"tests.bench.{contender.module}"
        return measure_contender(module, contender.settings, contender.python)
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
    """Print the table, what it was measured with, and what follows from it."""
    options = _options()
    every = list(contenders(QUICK if options.quick else FULL))
    chosen = [each for each in every if each.name.startswith(tuple(options.only))]
    if not chosen:
        raise SystemExit(f"--only: expected some of {', '.join(each.name for each in every)}")
    outcomes = measure_all(chosen, options.repeat)
    costs = {name: cost for name, cost in outcomes.items() if isinstance(cost, Cost)}
    labels = {each.name: each.label for each in chosen}
    if "entropy" in costs:
        del labels["entropy"]
    print("\n".join(report.table(labels, outcomes, markdown=options.markdown)))
    print(f"\n{versions()}; {versions_of_rivals()}")
    print(f"{os.cpu_count()} processors; {start_up()}\n")
    print("\n".join(report.findings(costs)))


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
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    return parser.parse_args()


if __name__ == "__main__":
    main()

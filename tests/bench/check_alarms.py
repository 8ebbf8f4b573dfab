"""How often `capgen check` raises an alarm on good datasets: the promise is at most 1 in 1,000.

Run `python -m tests.bench.check_alarms [HOW_MANY [FIRST]] [--layers] [--dynamics] [--odd]
[--most-rows ROWS] [--processes N]`: builds and checks so many small datasets, each with a random
configuration and seed of its own, and prints the rules that failed with the number that makes the
same configuration again. With `--layers`, each has some of the layers too; with `--dynamics`, noise
that remembers, shapes, states, spread and shared movement; with `--odd`, any step, year and zone,
few cells, and strengths at the ends of what is allowed. With `--most-rows`, the statistical rules
look at so many rows at most, or at a few servers, as in a large panel. A traceback is never good.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import traceback
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from capgen import Config, RequestError, build, load_config
from capgen.quality.check import check
from capgen.quality.findings import Finding, Verdict
from capgen.quality.outcome import Report
from capgen.quality.sample import MOST_ROWS
from tests.bench.good_panels import random_overrides, with_dynamics, with_layers, with_odd_sizes

_LARGEST = 60_000  # rows
_LARGEST_ODD = 4_000


class Kinds(NamedTuple):
    """What the datasets have beyond the default model."""

    layers: bool
    dynamics: bool
    odd: bool


class Outcome(NamedTuple):
    """What a check of one dataset said."""

    number: int
    failed: list[str]
    crash: str
    in_part: bool
    verdicts: Counter[str]


def config_of(number: int, kinds: Kinds) -> Config:
    """Return the configuration of a number, of so few servers that it does not take long."""
    overrides = random_overrides(number)
    overrides = with_layers(overrides, number) if kinds.layers else overrides
    overrides = (
        with_odd_sizes(overrides, number, odd_kinds=not kinds.dynamics) if kinds.odd else overrides
    )
    overrides = with_dynamics(overrides, number) if kinds.dynamics else overrides
    config = load_config(overrides=overrides, environment={})
    rows_a_server = ((config.end_date - config.start_date).days + 1) * 1440 // config.step_minutes
    most = (_LARGEST_ODD if kinds.odd else _LARGEST) // rows_a_server
    servers = max(1, min(config.num_servers, most))
    return load_config(overrides={**overrides, "num_servers": servers}, environment={})


def outcome_of(number: int, *, kinds: Kinds, most_rows: int) -> Outcome:
    """Build a dataset and check it."""
    try:
        config = config_of(number, kinds)
        with tempfile.TemporaryDirectory() as folder:
            build(config, Path(folder) / "data", workers=1)
            report = check(Path(folder) / "data", most_rows=most_rows)
    except RequestError as error:
        return Outcome(number, [], f"refused: {error}", in_part=False, verdicts=Counter())
    except Exception:
        return Outcome(
            number, [], traceback.format_exc(limit=-4), in_part=False, verdicts=Counter()
        )
    return _outcome(number, report, config)


def _said(worst: Finding) -> str:
    return f"{worst.rule} {worst.subject}: {worst.off} beyond {worst.limit}; {worst.note}"


def _outcome(number: int, report: Report, config: Config) -> Outcome:
    failed = [_said(rule.worst) for rule in report.rules if rule.verdict is Verdict.FAIL]
    in_part = report.sample is not None and report.sample.servers < config.num_servers
    verdicts = Counter(finding.verdict.value for rule in report.rules for finding in rule.findings)
    return Outcome(number, failed, "", in_part, verdicts)


def main() -> None:
    """Print the alarms and tracebacks, and how many there were."""
    asked = _arguments()
    kinds = Kinds(asked.layers, asked.dynamics, asked.odd)
    work = partial(outcome_of, kinds=kinds, most_rows=asked.most_rows)
    alarms = crashes = in_part = 0
    verdicts: Counter[str] = Counter()
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        for outcome in pool.imap_unordered(work, range(asked.first, asked.first + asked.how_many)):
            alarms += bool(outcome.failed)
            crashes += bool(outcome.crash)
            in_part += outcome.in_part
            verdicts += outcome.verdicts
            for failure in [*outcome.failed, *([outcome.crash] if outcome.crash else [])]:
                print(f"{outcome.number}: {failure}", flush=True)
    print(f"{alarms} alarms and {crashes} crashes in {asked.how_many} good datasets", end="; ")
    print(f"{in_part} of them were looked at in part")
    print("findings: " + ", ".join(f"{count:,} {verdict}" for verdict, count in verdicts.items()))


def _arguments() -> Any:
    parser = argparse.ArgumentParser()
    parser.add_argument("how_many", type=int, nargs="?", default=1000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("--layers", action="store_true")
    parser.add_argument("--dynamics", action="store_true")
    parser.add_argument("--odd", action="store_true")
    parser.add_argument("--most-rows", type=int, default=MOST_ROWS)
    parser.add_argument("--processes", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""How much a preset behaves like real servers: each fact of the targets beside real quartiles.

Run `python -m tests.bench.realism [--preset NAME] [--servers 500] [--start 2024-06-01] [--days 91]
[--seed 42]`. Prints a table in Markdown. `realism_targets.csv` holds median and quartiles over the
servers of public data sets: Bitbrains (GWA-T-12 rnd, 294 virtual machines × 91 days), SMD (8
machines × 33 days), Alibaba (cluster-trace-v2018, 16 machines × 8 days) and NAB; each value is the
P95 of an hour's samples.

Two verdicts. *Bitbrains*: our median lies inside its quartiles. *Allowed*: the same, but where the
data sets disagree, between the lowest lower and the highest upper quartile of all. They disagree
where no one value lies inside the quartiles of every set. A number without quartiles stands for the
range within a quarter of it. Values are compared with as many decimals as the targets have.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from capgen import load_config
from tests.bench.realism_facts import Facts, measure

TARGETS = Path(__file__).with_name("realism_targets.csv")
FIRST_SET = "Bitbrains"
_DECIMALS = 2
_TOLERANCE = 0.25  # of a number that has no quartiles


@dataclass(frozen=True, slots=True)
class Range:
    """Where a fact lies on real servers.

    Args:
        median: over servers; None where only the range is known.
        lower: lower quartile.
        upper: upper quartile.
        has_quartiles: whether the range lies between quartiles, not around a single number.
    """

    median: float | None
    lower: float
    upper: float
    has_quartiles: bool

    def __contains__(self, value: float) -> bool:
        return self.lower <= round(value, _DECIMALS) <= self.upper


@dataclass(frozen=True, slots=True)
class Row:
    """A fact: real ranges by data set, and our quartiles."""

    subject: str
    fact: str
    real: dict[str, Range]
    lower: float
    median: float
    upper: float

    @property
    def disagree(self) -> bool:
        """Whether no one value lies in the ranges of all data sets."""
        ranges = self.real.values()
        return max(each.lower for each in ranges) > min(each.upper for each in ranges)

    @property
    def allowed(self) -> Range:
        """Where our median should lie."""
        if not self.disagree:
            return self.real[FIRST_SET]
        ranges = self.real.values()
        return Range(
            None,
            min(each.lower for each in ranges),
            max(each.upper for each in ranges),
            has_quartiles=True,
        )

    @property
    def is_like_first(self) -> bool:
        """Whether our median lies inside Bitbrains' quartiles."""
        return self.median in self.real[FIRST_SET]

    @property
    def is_like_one(self) -> bool:
        """Whether our median lies inside the quartiles of at least one data set."""
        return any(self.median in each for each in self.real.values())

    @property
    def is_inside(self) -> bool:
        """Whether our median lies where it should."""
        return self.median in self.allowed


def targets() -> dict[tuple[str, str], dict[str, Range]]:
    """Return the real ranges by subject and fact, and then by data set."""
    found: dict[tuple[str, str], dict[str, Range]] = {}
    for subject, fact, data_set, median, lower, upper in pl.read_csv(TARGETS).iter_rows():
        of_fact = found.setdefault((subject, fact), {})
        if lower is None:
            lower = round(median * (1 - _TOLERANCE), _DECIMALS)
            upper = round(median * (1 + _TOLERANCE), _DECIMALS)
            of_fact[data_set] = Range(median, lower, upper, has_quartiles=False)
        else:
            of_fact[data_set] = Range(median, lower, upper, has_quartiles=True)
    return found


def compare(facts: Facts) -> list[Row]:
    """Return a row for each target."""
    return [
        Row(
            subject,
            fact,
            real,
            *map(float, np.nanquantile(facts[subject, fact], [0.25, 0.5, 0.75])),
        )
        for (subject, fact), real in targets().items()
    ]


def table(rows: list[Row]) -> Iterator[str]:
    """Yield the lines of a table in Markdown, and the count."""
    sets = dict.fromkeys(name for row in rows for name in row.real)
    yield f"| | fact | {' | '.join(sets)} | ours | Bitbrains | allowed |"
    yield f"| --- | --- |{' --- |' * (len(sets) + 3)}"
    for row in rows:
        real = [_text(row.real[name]) if name in row.real else "–" for name in sets]
        ours = Range(row.median, row.lower, row.upper, has_quartiles=row.lower != row.upper)
        verdicts = [_verdict(row.is_like_first), _verdict(row.is_inside)]
        yield f"| {' | '.join([row.subject, row.fact, *real, _text(ours), *verdicts])} |"
    yield ""
    yield f"Inside the allowed range: {_count([row.is_inside for row in rows])}; "
    yield f"inside Bitbrains' quartiles: {_count([row.is_like_first for row in rows])}; "
    yield f"inside those of at least one data set: {_count([row.is_like_one for row in rows])}. "
    yield f"The data sets disagree on {sum(row.disagree for row in rows)} facts."


def _text(values: Range) -> str:
    median = "" if values.median is None else f"{values.median:.{_DECIMALS}f}"
    quartiles = (
        f"[{values.lower:.{_DECIMALS}f}, {values.upper:.{_DECIMALS}f}]"
        if values.has_quartiles
        else ""
    )
    return f"{median} {quartiles}".strip().replace("-0.00", "0.00")


def _verdict(good: bool) -> str:
    return "inside" if good else "**no**"


def _count(verdicts: list[bool]) -> str:
    return f"{sum(verdicts)} of {len(verdicts)} ({100 * sum(verdicts) / len(verdicts):.0f} %)"


def main() -> None:
    """Print the table of a preset."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", default="realistic")
    parser.add_argument("--servers", type=int, default=500)
    parser.add_argument("--start", type=date.fromisoformat, default=date(2024, 6, 1))
    parser.add_argument("--days", type=int, default=91)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    window = {
        "start_date": str(options.start),
        "end_date": str(options.start + timedelta(days=options.days - 1)),
    }
    overrides = {
        "granularity": "hourly",
        "num_servers": options.servers,
        "seed": options.seed,
        **window,
    }
    config = load_config(preset=options.preset, overrides=overrides, environment={})
    print("\n".join(table(compare(measure(config)))))


if __name__ == "__main__":
    main()

"""The account: what was found in the exports, repaired and guessed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from capgen.dataset.telemetry_manifest import AccountLine

_FIRST = {"example", "worst", "metric"}
_GREATEST = {"longest"}


def line(name: str, says: str, about: str = "", count: int = 0) -> AccountLine:
    """Return a line of the account.

    Args:
        name: what it is, as one word.
        says: what was found and done.
        about: the metric, server or file.
        count: how many samples, steps or servers; 0 for a guess.
    """
    return AccountLine(name=name, about=about, count=count, says=says)


@dataclass
class Tally:
    """Counts by metric, added up over buckets."""

    by_metric: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Add the counts of a bucket.

        Args:
            rows: one dictionary a metric, with `metric` and counts by name.
        """
        for row in rows:
            known = self.by_metric[row["metric"]]
            for name, value in row.items():
                known[name] = _together(name, known.get(name), value)

    def counts(self, name: str) -> Iterator[tuple[str, int]]:
        """Yield each metric that has a count, with it.

        Args:
            name: of the count.
        """
        for metric, known in sorted(self.by_metric.items()):
            if known.get(name):
                yield metric, known[name]

    def of(self, metric: str) -> Mapping[str, Any]:
        """Return all counts of a metric.

        Args:
            metric: its name.
        """
        return self.by_metric.get(metric, {})


def _together(name: str, known: Any, value: Any) -> Any:
    if known is None or value is None:
        return value if known is None else known
    if name in _FIRST:
        return known
    return max(known, value) if name in _GREATEST else known + value

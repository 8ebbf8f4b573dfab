"""The outcome of a comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from capgen.twins.compare.outcome import Outcome
from capgen.twins.compare.scores import fact_ratio, geometric_mean, ratio

_DIGITS = 6  # after the point: what is below may depend on the processor


@dataclass(frozen=True)
class Comparison:
    """How alike candidates are to a reference.

    Args:
        reference: its name.
        holdout: name of the other real data, if any.
        days: of each side.
        granularity: step of what was compared.
        servers: number of servers, by name of the panel.
        directions: what each direction is, in words.
        classifier: which one told weeks apart.
        outcomes: of the candidates, then of the rivals.
        not_borne: measures that the panels are too short or too small for, and what they lack.
        notes: what else to know.
    """

    reference: str
    holdout: str | None
    days: int
    granularity: str
    servers: dict[str, int]
    directions: Sequence[str]
    classifier: str
    outcomes: Sequence[Outcome]
    not_borne: Sequence[tuple[str, str]]
    notes: Sequence[str]

    @property
    def other_servers(self) -> float:
        """The geometric mean of the ratios that other real servers have."""
        return geometric_mean(
            [
                ratio(row.measure, row.other_servers, row.floor)
                for row in self.outcomes[0].rows
                if row.other_servers is not None
            ]
        )

    @property
    def table(self) -> pl.DataFrame:
        """One row a candidate and measure: candidate, group, measure, value, floor, ratios."""
        return pl.DataFrame(list(self._rows()), infer_schema_length=None)

    @property
    def facts(self) -> pl.DataFrame:
        """One row a candidate, measure and metric or pair: value, floor, ratio."""
        return pl.DataFrame(list(self._facts()), infer_schema_length=None)

    @property
    def scores(self) -> pl.DataFrame:
        """One row a candidate: its ratio, that of each direction, its worst facts, its copies."""
        return pl.DataFrame([self._score(outcome) for outcome in self.outcomes])

    def passes(self, limit: float | None) -> bool:
        """Tell whether all candidates are within a limit; rivals do not count.

        Args:
            limit: the highest ratio, if any.
        """
        return limit is None or all(
            outcome.is_within(limit) for outcome in self.outcomes if not outcome.is_rival
        )

    def as_json(self) -> dict[str, Any]:
        """Return all as plain data, rounded to what every machine agrees on."""
        return {
            "reference": self.reference,
            "holdout": self.holdout,
            "days": self.days,
            "granularity": self.granularity,
            "servers": self.servers,
            "directions": list(self.directions),
            "classifier": self.classifier,
            "other_servers": rounded(self.other_servers),
            "candidates": [self._score(outcome) for outcome in self.outcomes],
            "measures": list(self._rows()),
            "facts": list(self._facts()),
            "not_borne": [{"measure": name, "lacks": what} for name, what in self.not_borne],
            "notes": list(self.notes),
        }

    def _rows(self) -> Iterator[dict[str, Any]]:
        for outcome in self.outcomes:
            for row in outcome.rows:
                yield {
                    "candidate": outcome.name,
                    "group": row.measure.group,
                    "measure": row.measure.name,
                    "value": rounded(row.value),
                    "floor": rounded(row.floor),
                    "ratio": rounded(row.ratio),
                    "ratios": [rounded(each) for each in row.ratios],
                    "other_servers": rounded(row.other_servers),
                }

    def _facts(self) -> Iterator[dict[str, Any]]:
        for outcome in self.outcomes:
            for line in outcome.lines:
                yield {
                    "candidate": outcome.name,
                    "measure": line.fact.measure,
                    "subject": line.fact.subject,
                    "values": [rounded(each) for each in line.values],
                    "floors": [rounded(each) for each in line.floors],
                    "ratio": rounded(fact_ratio(line, outcome.directions)),
                }

    def _score(self, outcome: Outcome) -> dict[str, Any]:
        return {
            "candidate": outcome.name,
            "is_rival": outcome.is_rival,
            "ratio": rounded(outcome.ratio),
            "by_direction": [rounded(each) for each in outcome.by_direction],
            "worst": [worst.says for worst in outcome.worst],
            "copies": [row.measure.name for row in outcome.copies],
        }


def rounded(value: float | None) -> float | None:
    """Return a number without the digits in which processors differ.

    Args:
        value: any number, or none.
    """
    return None if value is None or value != value else round(value, _DIGITS)

"""The measures that panels can bear, with their floors, and what candidates get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.measure import Measure
from capgen.twins.compare.outcome import Outcome
from capgen.twins.compare.scores import Worst, fact_ratio, furthest, row_of
from capgen.twins.compare.scoring import Line, Sides, Values, floors, lines, other_servers, values
from capgen.twins.compare.words import sentence


@dataclass(frozen=True)
class Table:
    """Measures with their floors.

    Args:
        sides: of the reference.
        directions: how many of them count.
        floors: what the other side gets, by direction.
        others: what other servers of it get, by direction.
    """

    sides: Sides
    directions: int
    floors: Mapping[Measure, list[Values]]
    others: Mapping[Measure, list[Values]]

    @classmethod
    def of(cls, measures: Sequence[Measure], sides: Sides, directions: int) -> Table:
        """Work out the floors.

        Args:
            measures: those that the panels can bear.
            sides: of the reference.
            directions: how many of them count.
        """
        return cls(
            sides,
            directions,
            {measure: floors(measure, sides) for measure in measures},
            {measure: other_servers(measure, sides) for measure in measures},
        )

    def outcome(self, name: str, evidence: Sequence[Evidence], *, is_rival: bool) -> Outcome:
        """Return what a candidate gets.

        Args:
            name: of the candidate.
            evidence: of it, by direction.
            is_rival: whether it is a copy that was made to compare with.
        """
        by_measure = {
            measure: list(lines(measure, values(measure, self.sides, evidence), floor))
            for measure, floor in self.floors.items()
        }
        found_rows = (
            row_of(measure, found, self.others[measure], self.directions)
            for measure, found in by_measure.items()
        )
        rows = [row for row in found_rows if row is not None]
        all_lines = list(chain.from_iterable(by_measure.values()))
        return Outcome(
            name=name,
            is_rival=is_rival,
            rows=rows,
            lines=all_lines,
            worst=[
                self._worst(line, evidence) for line in furthest(rows, all_lines, self.directions)
            ],
            directions=self.directions,
        )

    def _worst(self, line: Line, evidence: Sequence[Evidence]) -> Worst:
        times = fact_ratio(line, self.directions)
        counted = self.directions
        return Worst(
            fact=line.fact,
            measure=line.measure,
            ratio=times,
            says=sentence(line, self.sides.references[:counted], evidence[:counted], times),
        )

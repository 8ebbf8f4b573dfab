"""Which panels are compared, over which days, and how."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.system.paths import StrPath
from capgen.timeline.granularity import canonical_granularity
from capgen.twins.compare.agreement import Agreement, NamedDataset, agree
from capgen.twins.compare.candidate import Candidate
from capgen.twins.compare.classifier import classifier_name
from capgen.twins.compare.comparison import Comparison
from capgen.twins.compare.evidence import Evidence
from capgen.twins.compare.gathering import Chosen, gather
from capgen.twins.compare.measure import Measure, ServerMeasure
from capgen.twins.compare.measures import MEASURES
from capgen.twins.compare.panel import Panel, names_of, servers_of
from capgen.twins.compare.rivals import RIVALS
from capgen.twins.compare.rivals.copied import Copied
from capgen.twins.compare.scoring import Sides
from capgen.twins.compare.spans import sides_of, windows
from capgen.twins.compare.table import Table
from capgen.twins.compare.valued import with_values
from capgen.twins.compare.window import Window


@dataclass(frozen=True)
class Setting:
    """What is compared.

    Args:
        agreement: what the datasets have in common.
        panels: the reference, then the candidates.
        holdout: other real data, if any.
        crossed: candidates that are no dataset, but one for each half.
    """

    agreement: Agreement
    panels: Sequence[Panel]
    holdout: Panel | None
    crossed: Sequence[Candidate] = ()

    @classmethod
    def of(
        cls,
        reference: StrPath,
        candidates: Sequence[StrPath],
        holdout: StrPath | None,
        since: date | None,
        until: date | None,
        to: str | None,
    ) -> Setting:
        """Open datasets, and find out what they have in common.

        Args:
            reference: folder of a dataset.
            candidates: folders of datasets to lay beside it.
            holdout: folder of other real data, if any.
            since: first day, if not the first that each has.
            until: last day, if not the last that each has.
            to: step to roll all of them up to, if any.

        Raises:
            RequestError: as in `compare`.
        """
        folders = [reference, *candidates, *([] if holdout is None else [holdout])]
        datasets = [NamedDataset.of(os.fspath(folder), locate(folder)) for folder in folders]
        agreement = agree(datasets, to)
        spans = windows(datasets, agreement.step_minutes, since, until)
        is_halved = holdout is None
        if is_halved and spans[0].days == 1:
            raise RequestError(
                f"{datasets[0].name}: expected two days or more, to compare one half with the "
                "other, got 1; --holdout names other real data"
            )
        sides = [sides_of(span, is_halved=is_halved) for span in spans]
        agreement = with_values(agreement, datasets, sides)
        ids = [servers_of(*each) for each in zip(datasets, spans, strict=True)]
        panels = [
            Panel(dataset, span, columns, agreement.statistics, names_of(servers, ids[0]))
            for dataset, span, columns, servers in zip(
                datasets, spans, agreement.columns, ids, strict=True
            )
        ]
        last = None if holdout is None else panels.pop()
        return cls(agreement, panels, last)

    def comparison(
        self, *, is_with_rivals: bool, on_panel: Callable[[str], None] = lambda _name: None
    ) -> Comparison:
        """Read the panels, and compare them.

        Args:
            is_with_rivals: whether to add what copies of the reference would get.
            on_panel: called with the name of each before it is read.
        """
        reference = self.panels[0]
        candidates = self._candidates
        if not candidates and not is_with_rivals:
            raise RequestError("compare: expected a candidate beside the reference, got none")
        on_panel(reference.name)
        real = self._evidence(reference)
        other = self.holdout and self._evidence(self.holdout)
        sides = _sides(real, other or None)
        table = Table.of(self._borne, sides, 1 if self.holdout else len(sides.references))
        outcomes = []
        for panel in [*candidates, *(self._rivals() if is_with_rivals else [])]:
            on_panel(panel.name)
            evidence = self._directions(self._evidence(panel))
            outcomes.append(table.outcome(panel.name, evidence, is_rival=panel.is_rival))
        return Comparison(
            reference=reference.dataset.name,
            holdout=self.holdout.dataset.name if self.holdout else None,
            days=self._side.days,
            granularity=canonical_granularity(f"{self.agreement.step_minutes}min"),
            servers={panel.name: len(panel.servers) for panel in self._all},
            directions=self._direction_names,
            classifier=classifier_name(),
            outcomes=outcomes,
            not_borne=list(self._not_borne()),
            notes=list(self._notes()),
        )

    @property
    def _candidates(self) -> list[Candidate]:
        return [*self.panels[1:], *self.crossed]

    @property
    def _all(self) -> list[Candidate]:
        holdout = [self.holdout] if self.holdout else []
        return [self.panels[0], *self._candidates, *holdout]

    @property
    def _side(self) -> Window:
        """The days of one side of the reference."""
        return self._sides_of(self.panels[0].window)[0]

    def _sides_of(self, window: Window) -> list[Window]:
        return sides_of(window, is_halved=self.holdout is None)

    def _evidence(self, panel: Candidate) -> list[Evidence]:
        measures = [each for each in self._borne if isinstance(each, ServerMeasure)]
        chosen = Chosen.of(panel.servers, len(self.agreement.statistics), self._side)
        return [
            side
            for blocks, windows in panel.parts(self._sides_of)
            for side in gather(blocks, windows, measures, chosen)
        ]

    def _directions(self, evidence: list[Evidence]) -> list[Evidence]:
        """Return a candidate's evidence for each direction."""
        return evidence * 2 if self.holdout else evidence

    @property
    def _direction_names(self) -> list[str]:
        if self.holdout:
            return [f"beside {self.panels[0].dataset.name}", f"beside {self.holdout.dataset.name}"]
        return ["over the first half", "over the second half"]

    @property
    def _fewest_servers(self) -> int:
        return min(len(panel.servers) for panel in self._all)

    @property
    def _borne(self) -> list[Measure]:
        lacking = {name for name, _ in self._not_borne()}
        return [measure for measure in MEASURES if measure.name not in lacking]

    def _not_borne(self) -> Iterator[tuple[str, str]]:
        for measure in MEASURES:
            lacks = measure.needs.lacking(self._side, self._fewest_servers)
            if lacks:
                yield measure.name, lacks

    def _rivals(self) -> list[Copied]:
        target = self.panels[0].window
        if self.holdout:
            spans = [(self.holdout.window, target)]
            return [Copied(rival, self.holdout, spans, target) for rival in RIVALS]
        first, second = self._sides_of(target)
        window = target.part(0, 2 * first.days)
        spans = [(second, first), (first, second)]
        return [Copied(rival, self.panels[0], spans, window) for rival in RIVALS]

    def _notes(self) -> Iterator[str]:
        if self.agreement.left_out:
            yield f"not compared, since not all have them: {', '.join(self.agreement.left_out)}"


def _sides(real: list[Evidence], other: list[Evidence] | None) -> Sides:
    both = [*real, *(other or [])]
    return Sides(references=both, others=both[::-1], sources=both)

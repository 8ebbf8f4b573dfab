"""A candidate with a panel of its own for each half of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from capgen.twins.compare.agreement import NamedDataset, agree
from capgen.twins.compare.candidate import Cut, Part
from capgen.twins.compare.panel import Panel, servers_of
from capgen.twins.compare.setting import Setting
from capgen.twins.compare.spans import sides_of
from capgen.twins.compare.valued import with_values
from capgen.twins.compare.window import Window


@dataclass(frozen=True)
class Half:
    """A dataset that stands for one half of the reference.

    Args:
        folder: of the dataset; it has the days of that half.
        names: the real servers' ids by its own.
    """

    folder: Path
    names: Mapping[str, str]


@dataclass(frozen=True)
class Crossed:
    """A candidate that was made half by half, each from the reference's other half.

    Args:
        name: as it is shown.
        halves: a panel for each half.
    """

    is_rival: ClassVar[bool] = False

    name: str
    halves: Sequence[Panel]

    @property
    def servers(self) -> Sequence[str]:
        """The ids of its servers; of the half that has fewer."""
        return min((half.servers for half in self.halves), key=len)

    def parts(self, _cut: Cut) -> Iterator[Part]:
        """Yield each half, which is a side."""
        for half in self.halves:
            yield half.blocks(), [half.window]


def crossed_setting(
    reference: NamedDataset, window: Window, candidates: Mapping[str, Sequence[Half]]
) -> Setting:
    """Return the setting in which candidates made half by half are laid beside a reference.

    Args:
        reference: the dataset.
        window: its days.
        candidates: the two halves of each, by name.

    Raises:
        RequestError: as in `compare`.
    """
    halves = [(name, half) for name, both in candidates.items() for half in both]
    datasets = [reference, *(NamedDataset.of(name, half.folder) for name, half in halves)]
    halves_of = sides_of(window, is_halved=True)
    sides = [halves_of, *([half] for half in halves_of * len(candidates))]
    agreement = with_values(agree(datasets, None), datasets, sides)
    statistics = agreement.statistics
    names = {server: server for server in servers_of(reference, window)}
    real = Panel(reference, window, agreement.columns[0], statistics, names)
    made: dict[str, list[Panel]] = {}
    parts = zip(halves, datasets[1:], sides[1:], agreement.columns[1:], strict=True)
    for (name, half), dataset, (side,), columns in parts:
        made.setdefault(name, []).append(Panel(dataset, side, columns, statistics, half.names))
    return Setting(agreement, [real], None, [Crossed(name, both) for name, both in made.items()])

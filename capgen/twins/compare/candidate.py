"""What can be laid beside a reference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

from capgen.twins.compare.cells import Cells
from capgen.twins.compare.window import Window

Cut = Callable[[Window], Sequence[Window]]  # returns the sides of a window
Part = tuple[Iterable[Cells], Sequence[Window]]  # a few servers each, and the sides in them


class Candidate(Protocol):
    """A panel to lay beside a reference."""

    @property
    def name(self) -> str:
        """Its name, as it is shown."""

    @property
    def is_rival(self) -> bool:
        """Whether it is a copy that was made to compare with."""

    @property
    def servers(self) -> Sequence[str]:
        """The ids that its servers are compared under."""

    def parts(self, cut: Cut) -> Iterator[Part]:
        """Yield the parts that are read one after the other, with the sides in each.

        Args:
            cut: returns the sides of a window.
        """

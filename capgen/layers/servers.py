"""What layers may know of servers while these are given what they keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from capgen.draws.arrays import Floats
from capgen.layers.scope import Kind


@dataclass(frozen=True, slots=True)
class Servers:
    """Servers of one archetype that are being given what they keep.

    Args:
        kind: their archetype.
        frame: their labels.
        ids: their ids, in order.
        positions: of the servers among all of the fleet, by the number in their ids.
        own: values of parameters that they were given so far, by path, shape (servers,).
    """

    kind: Kind
    frame: pl.DataFrame
    ids: Sequence[str]
    positions: Sequence[int]
    own: Mapping[str, Floats]

    def parameter(self, path: str) -> Floats | float:
        """Return a parameter: the servers' own values of it, where they have any so far.

        Args:
            path: such as `base.cpu`.
        """
        return self.own[path] if path in self.own else self.kind.usual(path)

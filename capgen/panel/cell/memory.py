"""Memory for what is worked out of a chunk."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capgen.draws.arrays import Codes, Flags, Floats


class Workspace:
    """Memory for the values of one chunk after the other, and for what they are made from.

    Fresh memory costs more time than arithmetic. Only one thread at a time may use it, and each
    chunk overwrites the one before.
    """

    def __init__(self) -> None:
        self._floats: dict[str, Floats] = {}

    def floats(self, name: str, *shape: int) -> Floats:
        """Return an uninitialised array.

        Args:
            name: what the array is for.
            shape: the array's shape.
        """
        size = math.prod(shape)
        if name not in self._floats or self._floats[name].size < size:
            self._floats[name] = np.empty(size)
        return self._floats[name][:size].reshape(shape)


@dataclass(frozen=True, slots=True)
class Cells:
    """What is worked out of some servers and steps; arrays end in (servers, steps).

    Args:
        keys: metrics whose values are wanted, and those that they follow from.
        values: the values of these metrics.
        expected: means by metric, of those that are wanted.
        flags: 0 or 1 by column, of those that are wanted.
        codes: codes of texts by column, of those that are wanted.
        states: positions of states; None where they are not wanted.
        workspace: memory for what they are made from.
    """

    keys: list[str]
    values: Floats
    expected: dict[str, Floats]
    flags: dict[str, NDArray[np.int8]]
    codes: dict[str, Codes]
    states: Codes | None
    workspace: Workspace

    def part(self, servers: slice, steps: slice) -> Cells:
        """Return some of the cells, sharing their memory."""
        return Cells(
            self.keys,
            self.values[:, servers, steps],
            {key: array[servers, steps] for key, array in self.expected.items()},
            {name: array[servers, steps] for name, array in self.flags.items()},
            {name: array[servers, steps] for name, array in self.codes.items()},
            None if self.states is None else self.states[servers, steps],
            self.workspace,
        )

    @property
    def are_none(self) -> bool:
        """Whether nothing is wanted."""
        return not (self.keys or self.expected or self.flags or self.codes) and self.states is None

    @property
    def of_key(self) -> dict[str, Floats]:
        """The values by metric."""
        return dict(zip(self.keys, self.values, strict=True))

    def flag(self, column: str, where: Flags) -> None:
        """Set a flag, if it is wanted."""
        if column in self.flags:
            self.flags[column] |= where

"""Numbers for texts joined by `+`, so that a column of them can be filled like one of numbers."""

from __future__ import annotations

import numpy as np
import polars as pl

from capgen.draws.arrays import Codes, Flags
from capgen.settings.types import EVENT_SEPARATOR


class TextCodes:
    """Gives each set of texts that stands in a cell a number; 0 stands for none."""

    def __init__(self) -> None:
        self._texts = [""]
        self._codes: dict[tuple[int, str], int] = {}

    def add(self, codes: Codes, where: Flags, text: str) -> None:
        """Add a text to some cells.

        Args:
            codes: what the cells hold; changed in place.
            where: the cells, of the same shape; none of them holds the text yet.
            text: the text to add.
        """
        for before in np.unique(codes[where]).tolist():
            codes[where & (codes == before)] = self._with(before, text)

    def column(self, codes: Codes) -> pl.Series:
        """Return the texts of each cell, null where there is none.

        Args:
            codes: what the cells hold, in any shape.
        """
        texts = pl.Series([None, *self._texts[1:]], dtype=pl.Enum(self._texts[1:]))
        return texts.gather(codes.ravel())

    def _with(self, before: int, text: str) -> int:
        key = (before, text)
        if key not in self._codes:
            self._codes[key] = len(self._texts)
            self._texts.append(EVENT_SEPARATOR.join(filter(None, [self._texts[before], text])))
        return self._codes[key]

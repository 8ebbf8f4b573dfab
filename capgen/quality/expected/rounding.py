"""What rounding does to the moments of a clipped normal.

E[round(Y)] is a midpoint rule for the integral of P(Y > y) over the clip, and E[round(Y)²] one for
that of 2y P(Y > y). Its error at the ends follows from the Euler-Maclaurin formula; within, it is
exponentially small unless the sd is below the unit.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from capgen.draws.arrays import Floats
from capgen.quality.expected.normal import Ends


class Rounding(NamedTuple):
    """The rounding of a clipped normal Y to multiples of a unit u.

    Args:
        ends: ends of the clip, in sd from the mean.
        sd: standard deviation before the clip; one for all cells, or shape (n,).
        unit: what values are multiples of.
    """

    ends: Ends
    sd: float | Floats
    unit: float

    @property
    def of_mean(self) -> Floats:
        """E[round(Y)] − E[Y].

        That is u²/24 · f − 7u⁴/5760 · f″ at the upper end less at the lower, for the density f.
        """
        a, b, _, _, at_a, at_b = self.ends
        per_sd = self._per_sd
        first = self.unit**2 / 24 * per_sd * (at_b - at_a)
        curved = (b**2 - 1) * at_b - (a**2 - 1) * at_a
        return first - 7 * self.unit**4 / 5760 * per_sd**3 * curved

    def of_square(self, low: Floats, high: Floats) -> Floats:
        """Return E[(round(Y) − c)²] − E[(Y − c)²] for a centre c.

        That is u²/12 · (chance to lie within + (y − c) f, at the upper end less at the lower).

        Args:
            low: the lower end of the clip less the centre, shape (n,).
            high: the upper end less the centre, likewise.
        """
        per_sd = self._per_sd
        at_ends = high * self.ends.at_b - low * self.ends.at_a
        inside = self.ends.inside + per_sd * at_ends
        return np.where(per_sd > 0, self.unit**2 / 12 * inside, 0.0)

    @property
    def slack(self) -> Floats:
        """A bound of what it does to a mean within the clip: the error's first Fourier term."""
        slack: Floats = (
            self.unit / 2 * np.exp(-2 * (math.pi * np.asarray(self.sd) / self.unit) ** 2)
        )
        return slack

    @property
    def _per_sd(self) -> Floats:
        """1/sd; 0 where the sd is so far below the unit that the slack covers all."""
        least = self.unit / 5
        return np.where(self.sd >= np.float64(least), 1 / np.maximum(self.sd, least), 0.0)

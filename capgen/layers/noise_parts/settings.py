"""Settings of noise parts."""

from __future__ import annotations

from pydantic import Field

from capgen.settings.half_life import HalfLife
from capgen.settings.types import Correlation, Frozen, Name, Probability, Section


class NoisePart(Section):
    """A part of the noise: after its half-life, half of a deviation is left.

    Attributes:
        half_life_hours: until half of a deviation is left.
        share: of each metric's variance.
        correlation: of the part's own, of two metrics.
    """

    half_life_hours: HalfLife
    share: Frozen[Name, Probability]
    correlation: Frozen[str, Correlation] = Field(default_factory=dict)

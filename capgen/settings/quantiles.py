"""Distributions by some of their quantiles."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from capgen.settings.types import Section

_SMALLEST_SHARE = 1e-6  # between two quantiles, and beyond the first and the last

Shape = Literal["normal", "lognormal", "quantiles"]


class Quantile(Section):
    """A point of a distribution.

    Attributes:
        at: share of the values that lie below.
        value: at this share.
    """

    at: Annotated[float, Field(ge=_SMALLEST_SHARE, le=1 - _SMALLEST_SHARE)]
    value: Annotated[float, Field(ge=-1e6, le=1e6)]


def _check_quantiles(quantiles: tuple[Quantile, ...]) -> tuple[Quantile, ...]:
    pairs = list(pairwise(quantiles))
    if any(left.at >= right.at or left.value > right.value for left, right in pairs):
        raise ValueError(
            "expected quantiles that climb: each at a higher share, none at a lower value"
        )
    if any(right.at - left.at < _SMALLEST_SHARE for left, right in pairs):
        raise ValueError(f"expected quantiles that lie {_SMALLEST_SHARE:g} or more apart")
    if quantiles[0].value == quantiles[-1].value:
        raise ValueError("expected quantiles of more than one value")
    return quantiles


Quantiles = Annotated[
    tuple[Quantile, ...], Field(min_length=2, max_length=199), AfterValidator(_check_quantiles)
]

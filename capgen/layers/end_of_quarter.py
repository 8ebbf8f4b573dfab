"""The end of a quarter: a ramp over its last days, as the SQL macro `eoq_factor` defines it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import polars as pl
from pydantic import Field, model_validator

from capgen.layers.answers import Effect, Neutral
from capgen.layers.layer import Layer
from capgen.layers.response import respond
from capgen.layers.scope import Kind
from capgen.settings.types import Month, Section

MOST_BUSINESS_DAYS = 10  # any month has that many
_COLUMN = "eoq_factor"


class EndOfQuarter(Section):
    """The ramp over the last days of a quarter."""

    window_days: Annotated[int, Field(ge=1, le=28)]
    business_days: bool = False
    peak: Annotated[float, Field(ge=-1, le=1000)]
    months: tuple[Month, ...]

    @model_validator(mode="after")
    def _window_fits(self) -> EndOfQuarter:
        if self.business_days and self.window_days > MOST_BUSINESS_DAYS:
            raise ValueError(
                f"expected window_days of at most {MOST_BUSINESS_DAYS} with business_days"
            )
        return self


class EndOfQuarterLayer(Layer[EndOfQuarter]):
    """A factor that ramps up towards the end of a quarter."""

    name = "eoq"
    key = "calendar.eoq"
    effects = (Effect("eoq", 30, "end-of-quarter effect", "the window has no end of quarter"),)

    def factor(self, settings: EndOfQuarter, kind: Kind, key: str) -> pl.Expr | None:
        """Return what the metric takes of the ramp."""
        weight = kind.metrics[key].response.eoq
        expression: pl.Expr | None = respond(weight, pl.col(_COLUMN) - 1) if weight else None
        return expression

    def neutral(self, settings: EndOfQuarter, kind: Kind) -> Iterator[Neutral]:
        """Yield a calendar without ramps."""
        yield Neutral("eoq", dates=(pl.lit(1.0).alias(_COLUMN),))

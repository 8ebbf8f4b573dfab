"""What the values in a metric's column are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from capgen.settings.statistic import Statistic


class MetricColumn(BaseModel):
    """A metric's column, with what its values are of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="Name of the column.")
    key: str = Field(description="Key of the metric; columns of several statistics share it.")
    unit: str = Field(description="Unit of the values; empty where none is known.")
    statistic: Statistic = Field(
        description="What a value is of the samples of its step; raw is the sample itself."
    )

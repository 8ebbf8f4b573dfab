"""What the values in a metric's column are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from capgen.config import Config
from capgen.settings.statistic import MEAN, P95, RAW, Statistic, column_of

_SAID = {
    RAW: "raw samples",
    MEAN: "mean of each step",
    "min": "minimum of each step",
    "max": "maximum of each step",
}


class MetricColumn(BaseModel):
    """A metric's column, with what its values are of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="Name of the column.")
    key: str = Field(description="Key of the metric; columns of several statistics share it.")
    unit: str = Field(description="Unit of the values; empty where none is known.")
    statistic: Statistic = Field(
        description="What a value is of the samples of its step; raw is the sample itself."
    )

    @property
    def label(self) -> str:
        """The column with its unit, and the statistic where the name does not say it."""
        is_said = self.statistic != RAW and self.name == column_of(self.key, self.statistic)
        facts = [self.unit, "" if is_said else self._statistic]
        said = ", ".join(filter(None, facts))
        return f"{self.name} ({said})" if said else self.name

    @property
    def says(self) -> str:
        """Unit and statistic in words, such as `percent, P95 of each step`."""
        return f"{self.unit or 'no unit'}, {self._statistic}"

    @property
    def _statistic(self) -> str:
        return _SAID.get(self.statistic, f"{self.statistic.upper()} of each step")


def metric_columns(config: Config) -> list[MetricColumn]:
    """Return what the metrics' columns of a configured panel are.

    Args:
        config: the panel's configuration.
    """
    return [
        MetricColumn(
            name=metric.column, key=key, unit=metric.unit, statistic=metric.statistic or P95
        )
        for key, metric in config.metrics.items()
    ]

"""A metric: its column, what it responds to, its shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field, model_validator

from capgen.settings.quantiles import Quantiles, Shape
from capgen.settings.statistic import Statistic
from capgen.settings.types import Amount, Factor, Interval, Name, Section, Unit


class Response(Section):
    """How much of each factor a metric takes: 0 ignores it, 1 takes it whole.

    Attributes:
        business_hours: of business hours, or of a profile's hours.
        weekend: of the weekend, or of a profile's weekdays.
        eoq: of the end of a quarter.
        holiday: of holidays.
        growth: of growth.
    """

    business_hours: Factor = 0
    weekend: Factor = 0
    eoq: Factor = 0
    holiday: Factor = 0
    growth: Factor = 0


class Derived(Section):
    """A metric that is a multiple of another one, taken before the other's clip.

    Attributes:
        source: key of the other metric.
        factor: what its values are multiplied by.
    """

    source: Name
    factor: Amount


class Metric(Section):
    """A measured column.

    Attributes:
        column: its name in the panel.
        unit: shown beside its values.
        statistic: what its values are of the samples of their step, such as mean; null: their P95.
        clip: values beyond these limits are set to them.
        spike_share: what a spike's magnitude is multiplied by; null: no spikes.
        shape: of the noise: symmetric, skewed, or as the quantiles say.
    """

    column: Name
    unit: Unit = ""
    statistic: Statistic | None = None
    clip: Interval
    response: Response = Field(default_factory=Response)
    spike_share: Factor | None = None
    derived: Derived | None = None
    shape: Shape = "normal"
    quantiles: Quantiles | None = None

    @model_validator(mode="after")
    def _derived_has_no_own_model(self) -> Metric:
        responds = any(dict(self.response).values())
        if self.derived and (self.spike_share is not None or responds):
            raise ValueError("expected no response and no spike_share beside derived")
        return self

    @model_validator(mode="after")
    def _shape_has_quantiles(self) -> Metric:
        if (self.shape == "quantiles") != (self.quantiles is not None):
            raise ValueError("expected quantiles with shape: quantiles, and with no other shape")
        if self.derived and self.shape != "normal":
            raise ValueError("expected no shape beside derived: it has that of its source")
        return self


Metrics = Mapping[str, Metric]  # by key


def drawn_metrics(metrics: Metrics) -> list[str]:
    """Return the keys of the metrics that have noise of their own, in order.

    Args:
        metrics: all of them.
    """
    return [key for key, metric in metrics.items() if metric.derived is None]


def source_of(metrics: Metrics, key: str) -> str:
    """Return the key of the metric whose noise a metric has: its own, or its source's.

    Args:
        metrics: all of them.
        key: key of one of them.
    """
    derived = metrics[key].derived
    return derived.source if derived else key


def scale_of(metrics: Metrics, key: str) -> float:
    """Return what the values of a metric's source are multiplied by to give its own.

    Args:
        metrics: all of them.
        key: key of one of them.
    """
    derived = metrics[key].derived
    return derived.factor if derived else 1.0


def derived_metrics(metrics: Metrics) -> Iterator[tuple[str, Derived]]:
    """Yield the key of each derived metric and what it is derived from.

    Args:
        metrics: all of them.
    """
    for key, metric in metrics.items():
        if metric.derived:
            yield key, metric.derived

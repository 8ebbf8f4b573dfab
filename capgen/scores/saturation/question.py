"""What is asked: which metric of which panel reaches which limit, by which rule, until when."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from capgen.config import Config
from capgen.errors import RequestError
from capgen.foresight.asked import Asked, ConfigOrFolder, asked_of, config_of
from capgen.scores.saturation.rule import Rule, rule_of
from capgen.settings.metric import Metric

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Question:
    """What is asked.

    Args:
        asked: of the future: the panel, as long as is needed, and the first step not known.
        key: of the metric.
        limit: that is reached by a value that is at least as high.
        rule: what is laid beside the limit.
    """

    asked: Asked
    key: str
    limit: float
    rule: Rule

    @classmethod
    def of(
        cls,
        source: ConfigOrFolder,
        metric: str,
        limit: float,
        rule: str | None,
        since: date | None,
        until: date | None,
        draws: int,
    ) -> Question:
        """Read what is asked, before any work.

        Args:
            source: a configuration, or a dataset's folder.
            metric: its key or column.
            limit: in the metric's unit.
            rule: as in `rule_of`.
            since: the first day that is not known.
            until: the last day.
            draws: number of futures.

        Raises:
            RequestError: something is asked for that is not there.
        """
        config = config_of(source)
        key = _key(config, metric)
        read = rule_of(rule)
        read.check(timedelta(minutes=config.axis.step_minutes))
        _check_limit(config.metrics[key], limit)
        start = since or _start(config, until)
        asked = asked_of(config, start, max(1, draws), metrics=[key], until=until)
        return cls(asked, key, limit, read)

    @property
    def config(self) -> Config:
        """The panel's configuration, as long as is needed."""
        return self.asked.config

    @property
    def metric(self) -> Metric:
        """The metric."""
        return self.config.metrics[self.key]

    @property
    def step(self) -> timedelta:
        """Length of a step."""
        return timedelta(minutes=self.config.axis.step_minutes)

    @property
    def start(self) -> datetime:
        """The first step that is not known."""
        return self.config.axis.timestamp(self.asked.moment)

    @property
    def stop(self) -> datetime:
        """The last step."""
        return self.config.axis.timestamp(self.asked.stop - 1)

    @property
    def earliest(self) -> datetime:
        """The first step that a rule looks at."""
        before = max(self.rule.window - self.step, timedelta(0))
        return max(self.start - before, self.config.axis.timestamp(self.config.axis.span.first))


def _key(config: Config, name: str) -> str:
    by_column = {metric.column: key for key, metric in config.metrics.items()}
    key = name if name in config.metrics else by_column.get(name)
    if key is None:
        raise RequestError(f"metric: expected one of {', '.join(config.metrics)}, got {name!r}")
    return key


def _check_limit(metric: Metric, limit: float) -> None:
    low, high = metric.clip
    if not (math.isfinite(limit) and low < limit <= high):
        raise RequestError(
            f"--limit: expected a value of {metric.column} above {low:g} and up to {high:g}, its "
            f"clip, got {limit:g}"
        )


def _start(config: Config, until: date | None) -> date:
    """Return the first day that is not known: the one after the panel, if that is asked about."""
    if until is not None and until > config.end_date:
        return config.end_date + _DAY
    return config.start_date

"""Rules that say when a limit is reached, such as `p95 of 7 days`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from capgen.errors import RequestError

_FORM = re.compile(r"(mean|max|p(\d{1,2}(?:\.\d+)?)) of (\d+) (day|hour)s?")
_UNITS = {"day": timedelta(days=1), "hour": timedelta(hours=1)}
PLAIN = "each value"
_MOST_DAYS = 366
_DIGITS = 12  # of a mean: the sum that moves on with its window has errors beyond


@dataclass(frozen=True)
class Rule:
    """What is laid beside a limit at each step: the value, or a number of a window that ends there.

    Args:
        text: as the user wrote it.
        statistic: `mean`, `max` or `quantile`; none for the value itself.
        level: of the quantile.
        window: length of the window.
    """

    text: str
    statistic: str | None = None
    level: float = 0.0
    window: timedelta = timedelta(0)

    def check(self, step: timedelta) -> None:
        """Refuse a window that is no number of steps.

        Args:
            step: length of a step.

        Raises:
            RequestError: the window is not a whole number of steps.
        """
        if self.window % step:
            raise RequestError(
                f"--rule: expected a window of whole steps of {step}, got {self.text!r}"
            )

    def over(self, column: str, series: list[str], step: timedelta) -> pl.Expr:
        """Return what is laid beside the limit at each step.

        A window counts that lies in the series as a whole, with half of its values or more.

        Args:
            column: of the values.
            series: columns that tell series apart, each sorted by time and without a step left out.
            step: length of a step.
        """
        value = pl.col(column)
        if self.statistic is None:
            return value
        size = self.window // step
        fewest = (size + 1) // 2
        if self.statistic == "mean":
            found = value.rolling_mean(size, min_samples=fewest).round_sig_figs(_DIGITS)
        elif self.statistic == "max":
            found = value.rolling_max(size, min_samples=fewest)
        else:
            found = value.rolling_quantile(
                self.level, interpolation="linear", window_size=size, min_samples=fewest
            )
        is_whole = pl.int_range(pl.len()) >= size - 1
        return pl.when(is_whole).then(found).over(series)


def rule_of(text: str | None) -> Rule:
    """Read a rule.

    Args:
        text: `mean of 24 hours`, `max of 7 days`, `p95 of 7 days` and the like; by default each
            value counts by itself.

    Raises:
        RequestError: the text is no such rule.
    """
    if text is None or text.strip() == PLAIN:
        return Rule(PLAIN)
    found = _FORM.fullmatch(" ".join(text.lower().split()))
    if found is None:
        raise _unknown(text)
    name, percent, number, unit = found.groups()
    window = int(number) * _UNITS[unit]
    if not timedelta(0) < window <= timedelta(days=_MOST_DAYS):
        raise _unknown(text)
    if percent is None:
        return Rule(found[0], name, window=window)
    return Rule(found[0], "quantile", float(percent) / 100, window)


def _unknown(text: str) -> RequestError:
    return RequestError(
        "--rule: expected mean, max or a percentile of days or hours, such as 'p95 of 7 days' or "
        f"'mean of 24 hours', at most {_MOST_DAYS} days, got {text!r}"
    )

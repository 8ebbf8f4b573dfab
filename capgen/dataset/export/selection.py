"""What of a dataset's rows is wanted: columns, metrics, a condition, how many, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from capgen.config.suggest import nearest
from capgen.dataset.description import Description
from capgen.dataset.metric_column import MetricColumn
from capgen.errors import RequestError

_WEEK = timedelta(weeks=1)
_EPOCH = datetime(1970, 1, 1)
# What a shift of whole weeks makes untrue.
_OF_THE_DAY = ("year", "month", "quarter", "is_eoq", "is_holiday")


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a dataset's rows is wanted.

    Args:
        columns: the columns in their order; by default all.
        metrics: keys or columns of the metrics; by default all.
        where: a condition in SQL on the panel's columns; by default none.
        rows: the most rows, of the first servers; by default all.
        since_now: shift the rows by whole weeks, so that the last is of the latest full step.
        unsafe: let the condition read other files.
    """

    columns: Sequence[str] | None = None
    metrics: Sequence[str] | None = None
    where: str | None = None
    rows: int | None = None
    since_now: bool = False
    unsafe: bool = False

    def chosen_columns(self, described: Description) -> list[str]:
        """Return the wanted columns of some data, in their order.

        Args:
            described: what the rows are.

        Raises:
            RequestError: a column or a metric does not exist, or one option asks for a column that
                another leaves out.
        """
        names = described.schema.names()
        if self.columns is not None:
            _check_known("--columns", "column", self.columns, names)
        wanted = {metric.name for metric in self.chosen_metrics(described)}
        unwanted = set(_columns_of_metrics(described, set(described.metric_names) - wanted))
        self._check_wanted("--metrics", "no columns of other metrics", unwanted)
        if self.since_now:
            expected = "no columns of the day that values were made for"
            self._check_wanted("--since-now", expected, _OF_THE_DAY)
            unwanted.update(_OF_THE_DAY)
        return [name for name in self.columns or names if name not in unwanted]

    def chosen_metrics(self, described: Description) -> list[MetricColumn]:
        """Return the wanted metrics of some data, in their order.

        Args:
            described: what the rows are.

        Raises:
            RequestError: a metric does not exist.
        """
        if self.metrics is None:
            return list(described.metrics)
        known = dict.fromkeys(
            name for metric in described.metrics for name in (metric.key, metric.name)
        )
        _check_known("--metrics", "metric", self.metrics, known)
        wanted = set(self.metrics)
        return [metric for metric in described.metrics if {metric.key, metric.name} & wanted]

    def window(self, described: Description) -> Window:
        """Return when the wanted rows are, and by how much they shift.

        Args:
            described: what the rows are.

        Raises:
            RequestError: fewer than none are wanted, or no row is left before the latest full step.
        """
        if self.rows is not None and self.rows < 1:
            raise RequestError(f"--rows: expected at least 1, got {self.rows}")
        window = Window(described.first_timestamp, described.last_timestamp)
        if not self.since_now:
            return window
        return window.moved_to(datetime.now(UTC).replace(tzinfo=None), described.step_minutes)

    def _check_wanted(self, option: str, expected: str, unwanted: Collection[str]) -> None:
        """Refuse columns that are asked for by name and that an option leaves out."""
        asked = [name for name in self.columns or () if name in unwanted]
        if asked:
            got = ", ".join(asked)
            raise RequestError(
                f"{option}: expected {expected}, got {got}; leave out one or the other"
            )


@dataclass(frozen=True, slots=True)
class Window:
    """When the wanted rows are, and by how much they shift.

    Args:
        first: the earliest timestamp, as it stands in the data.
        last: the latest one.
        shift: what is added to timestamps: whole weeks.
        stop: the first moment that is not wanted, as it stands in the data.
    """

    first: datetime
    last: datetime
    shift: timedelta = timedelta()
    stop: datetime = datetime.max

    def moved_to(self, now: datetime, step_minutes: int) -> Window:
        """Return the window whose last step is the latest full one, on the same weekdays.

        Args:
            now: the moment, in UTC.
            step_minutes: length of a step.

        Raises:
            RequestError: no row is left before that step.
        """
        step = timedelta(minutes=step_minutes)
        latest = now - (now - _EPOCH) % step - step
        weeks = -((self.last - latest) // _WEEK)
        shift = weeks * _WEEK
        stop = latest + step - shift
        if stop <= self.first:
            raise RequestError(
                f"--since-now: expected rows of a week, got those from {self.first} to {self.last}"
                f"; on the same weekdays, none is before {latest} UTC"
            )
        return Window(self.first, min(self.last, stop - step), shift, stop)


def _columns_of_metrics(described: Description, metrics: Collection[str]) -> Iterator[str]:
    """Yield the columns of some metrics, and those that say more of them."""
    for name in described.schema.names():
        of_metric = name.removesuffix("_expected").removesuffix("_samples")
        if name in metrics or (of_metric in metrics and name not in described.metric_names):
            yield name


def _check_known(option: str, what: str, names: Sequence[str], known: Collection[str]) -> None:
    for name in names:
        if name not in known:
            raise RequestError(f"{option}: unknown {what} {name!r}{nearest(name, known)}")
        if names.count(name) > 1:
            raise RequestError(f"{option}: expected each {what} once, got {name!r} twice")

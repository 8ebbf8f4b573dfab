"""The time axis: steps counted from 1970, and the blocks that random draws are laid out in.

On the axis of a future, steps before a moment are known. From there on, blocks are counted from the
moment, so that a future draws nothing but what lies ahead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from capgen.timeline.epoch import MINUTES_PER_DAY, day_number, moment_of

_YEAR_BLOCK_FROM_MINUTES = 60
_MONTH_BLOCK_FROM_MINUTES = 5
_DAYS_OF_LONGEST_BLOCK = 365  # of a future
_DAYS_OF_LONG_BLOCK = 30


@dataclass(frozen=True, slots=True)
class Span:
    """A run of steps.

    Args:
        first: the first step, counted from 1970-01-01 00:00.
        stop: one past the last step.
    """

    first: int
    stop: int

    @property
    def size(self) -> int:
        """Number of steps."""
        return self.stop - self.first

    def within(self, other: Span) -> slice:
        """Return where this span lies inside a longer one.

        Args:
            other: a span that contains this one.

        Returns:
            A slice of the other span's steps.
        """
        return slice(self.first - other.first, self.stop - other.first)

    def overlap(self, other: Span) -> Span:
        """Return the steps that two spans share; the size is not above 0 where there is none.

        Args:
            other: another span.
        """
        return Span(max(self.first, other.first), min(self.stop, other.stop))


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of the calendar whose random draws come from one stream.

    Args:
        label: names the step length and the year, month or day.
        span: all its steps, whatever window is asked for.
    """

    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The timestamps of a panel.

    Args:
        start: first day.
        end: last day, inclusive.
        step_minutes: minutes between timestamps; divides a day.
        moment: the first step that is not known, counted from 1970-01-01 00:00; None for a panel,
            whose steps are all known.
    """

    start: date
    end: date
    step_minutes: int
    moment: int | None = None

    @property
    def steps_per_day(self) -> int:
        """Number of steps in a day."""
        return MINUTES_PER_DAY // self.step_minutes

    @property
    def span(self) -> Span:
        """All steps of the axis."""
        return self.days(self.start, self.end + timedelta(days=1))

    def days(self, first: date, stop: date) -> Span:
        """Return the steps from one midnight to another.

        Args:
            first: first day.
            stop: the day after the last one.
        """
        return Span(day_number(first) * self.steps_per_day, day_number(stop) * self.steps_per_day)

    def in_steps_of(self, minutes: int) -> TimeAxis:
        """Return the same axis with other steps: one that has begun at the moment is known.

        Args:
            minutes: minutes between its timestamps.
        """
        moment = None
        if self.moment is not None:
            moment = -(-self.moment * self.step_minutes // minutes)
        return TimeAxis(self.start, self.end, minutes, moment)

    @property
    def moment_minute(self) -> int | None:
        """The first minute that is not known, since 1970-01-01 00:00; None for a panel."""
        return None if self.moment is None else self.moment * self.step_minutes

    @property
    def of_panel(self) -> TimeAxis:
        """The same axis with all steps known."""
        return replace(self, moment=None)

    def split(self, span: Span) -> tuple[Span, Span]:
        """Return the known steps of a span, and those ahead; either may be empty.

        Args:
            span: some steps.
        """
        if self.moment is None:
            return span, Span(span.stop, span.stop)
        middle = min(max(self.moment, span.first), span.stop)
        return Span(span.first, middle), Span(middle, span.stop)

    def years(self) -> Iterator[tuple[int, Span]]:
        """Yield each calendar year of the axis with those of its steps that lie on the axis."""
        for year in range(self.start.year, self.end.year + 1):
            yield year, self.days(date(year, 1, 1), date(year + 1, 1, 1)).overlap(self.span)

    def timestamp(self, step: int) -> datetime:
        """Return the timestamp of a step.

        Args:
            step: counted from 1970-01-01 00:00.
        """
        return moment_of(step * self.step_minutes)

    def blocks(self, span: Span) -> Iterator[Block]:
        """Yield the blocks that overlap a span, in order of time.

        A block is a calendar year for steps of an hour or more, a month for steps of five minutes
        or more, and a day for shorter ones: at most about 9,000 steps.

        Args:
            span: some steps, at least one.
        """
        day = self.timestamp(span.first).date()
        while self.days(day, day).first < span.stop:
            block = self._block_at(day)
            yield block
            day = self.timestamp(block.span.stop).date()

    def blocks_ahead(self, span: Span) -> Iterator[Block]:
        """Yield the blocks of a future that overlap a span, in order of time.

        They are as long as a panel's, but counted from the moment.

        Args:
            span: some steps that are not known, at least one.
        """
        assert self.moment is not None
        size = self.steps_per_day * self._days_of_block
        for number in range(
            (span.first - self.moment) // size, -((self.moment - span.stop) // size)
        ):
            first = self.moment + number * size
            yield Block(f"{self.step_minutes}min/+{number}", Span(first, first + size))

    @property
    def _days_of_block(self) -> int:
        if self.step_minutes >= _YEAR_BLOCK_FROM_MINUTES:
            return _DAYS_OF_LONGEST_BLOCK
        return _DAYS_OF_LONG_BLOCK if self.step_minutes >= _MONTH_BLOCK_FROM_MINUTES else 1

    def _block_at(self, day: date) -> Block:
        if self.step_minutes >= _YEAR_BLOCK_FROM_MINUTES:
            return self._block(f"{day:%Y}", date(day.year, 1, 1), date(day.year + 1, 1, 1))
        if self.step_minutes >= _MONTH_BLOCK_FROM_MINUTES:
            first = day.replace(day=1)
            return self._block(f"{day:%Y-%m}", first, (first + timedelta(days=31)).replace(day=1))
        return self._block(f"{day:%Y-%m-%d}", day, day + timedelta(days=1))

    def _block(self, name: str, first: date, stop: date) -> Block:
        return Block(f"{self.step_minutes}min/{name}", self.days(first, stop))

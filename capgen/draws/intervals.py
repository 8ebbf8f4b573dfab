"""Random stretches of time, as pure functions of their subject and the year in which they start."""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from numpy.random import Generator

from capgen.draws.streams import stream
from capgen.draws.subjects import known
from capgen.timeline.epoch import MINUTES_PER_DAY, day_number, day_of
from capgen.timeline.time_axis import Span, TimeAxis

_KEPT_YEARS = 2**12  # an app's or a region's are asked for with each of its servers
_LONGEST_BY_MEAN = 10  # longer ones have a chance of 1 in 22,000, and are cut
_ROUNDS = 6  # each brings the cut's effect on the mean down to its 1/1,000 or less


class Interval(NamedTuple):
    """A stretch of time.

    Args:
        year: the year in which it starts.
        number: its place among those that start in the year, from 0.
        start: minutes since 1970-01-01 00:00.
        stop: the minute after its last one.
    """

    year: int
    number: int
    start: int
    stop: int


class Chance(NamedTuple):
    """How often stretches start, and how long they last: an exponential, rounded up to whole units.

    Args:
        per_year: how many start in a year, on average: a Poisson process.
        scale_minutes: mean of the exponential.
        longest_minutes: where the exponential is cut.
        unit: starts and lengths are whole multiples of so many minutes.
    """

    per_year: float
    scale_minutes: float
    longest_minutes: float
    unit: int = 1


@lru_cache
def exponential(per_year: float, mean_minutes: float) -> Chance:
    """Return stretches of an exponential length, rounded up to minutes.

    Args:
        per_year: how many start in a year, on average.
        mean_minutes: mean length before rounding, which adds half a minute.
    """
    return Chance(per_year, mean_minutes, _LONGEST_BY_MEAN * mean_minutes)


@lru_cache
def geometric(per_year: float, mean_minutes: float, unit: int) -> Chance:
    """Return stretches of whole units: after each comes another one with the same chance.

    Args:
        per_year: how many start in a year, on average.
        mean_minutes: mean length, at least a unit; exact, with the cut taken into account.
        unit: minutes in a unit.
    """
    mean = mean_minutes / unit
    most = math.ceil(_LONGEST_BY_MEAN * mean)
    another = 1 - 1 / mean
    for _ in range(_ROUNDS):  # the mean is (1 − another^most) / (1 − another)
        another = 1 - (1 - another**most) / mean
    scale = -unit / math.log(another) if another else 0.0
    return Chance(per_year, scale, _LONGEST_BY_MEAN * mean_minutes, unit)


def intervals(
    seed: int,
    subject: str,
    purpose: str,
    chance: Chance,
    minutes: tuple[int, int],
    moment: int | None = None,
) -> list[Interval]:
    """Return the stretches of a subject that overlap some minutes, by their start.

    Args:
        seed: the configuration's seed.
        subject: a server's id, or what else the stretches happen to.
        purpose: what the stretches are for.
        chance: how often they start, and how long they last.
        minutes: the first minute and the one after the last, since 1970-01-01 00:00.
        moment: of a future the first minute that is not known: what started before goes on to its
            end.
    """
    if chance.per_year <= 0:
        return []
    first, stop = minutes
    longest = math.ceil(chance.longest_minutes) + chance.unit
    years = range(_year_of(first - longest), _year_of(stop - 1) + 1)
    if moment is None:
        every = [_of_panel(seed, subject, purpose, chance, year) for year in years]
    else:
        every = [_of_future(seed, subject, purpose, chance, year, moment) for year in years]
    return [
        stretch
        for of_year in every
        for stretch in of_year
        if stretch.start < stop and stretch.stop > first
    ]


def minutes_of(axis: TimeAxis, span: Span) -> tuple[int, int]:
    """Return the first minute of some steps, and the one after the last, since 1970-01-01 00:00."""
    return span.first * axis.step_minutes, span.stop * axis.step_minutes


def steps_touched(axis: TimeAxis, span: Span, start: int, stop: int) -> slice:
    """Return which of some steps a stretch overlaps.

    Args:
        axis: the time axis.
        span: the steps.
        start: first minute of the stretch.
        stop: the minute after its last one.
    """
    first = start // axis.step_minutes
    after = -(-stop // axis.step_minutes)
    return slice(max(first - span.first, 0), max(min(after, span.stop) - span.first, 0))


def steps_started(axis: TimeAxis, span: Span, start: int, stop: int) -> slice:
    """Return which of some steps begin inside a stretch.

    Over many stretches, the share of such steps is the share of time that the stretches take.

    Args:
        axis: the time axis.
        span: the steps.
        start: first minute of the stretch.
        stop: the minute after its last one.
    """
    return steps_touched(axis, span, -(-start // axis.step_minutes) * axis.step_minutes, stop)


@lru_cache(maxsize=_KEPT_YEARS)
def _of_panel(
    seed: int, subject: str, purpose: str, chance: Chance, year: int
) -> tuple[Interval, ...]:
    generator = stream(seed, subject, str(year), purpose)
    return _drawn(generator, chance, year, 0, _first_minute(year))


def _of_future(
    seed: int, subject: str, purpose: str, chance: Chance, year: int, moment: int
) -> tuple[Interval, ...]:
    of_panel = _of_panel(seed, known(subject), purpose, chance, year)
    if moment >= _first_minute(year + 1):
        return of_panel
    before = tuple(stretch for stretch in of_panel if stretch.start < moment)
    generator = stream(seed, subject, str(year), purpose)
    return before + _drawn(generator, chance, year, len(before), moment)


def _drawn(
    generator: Generator, chance: Chance, year: int, number: int, moment: int
) -> tuple[Interval, ...]:
    """Return the stretches that start in a year from a moment on, numbered from a number."""
    per_year, scale, longest, unit = chance
    first = _first_minute(year)
    length_of_year = _first_minute(year + 1) - first
    begin = max(first, moment + (first - moment) % unit)
    whole = (first + length_of_year - begin) / length_of_year
    pairs = math.ceil(2 * per_year) + 3  # drawn at once: enough for nearly all years
    stretches: list[Interval] = []
    passed = 0.0
    while True:
        for wait, length in generator.random((pairs, 2)).tolist():
            passed -= math.log1p(-wait) / per_year
            if passed >= whole:
                return tuple(stretches)
            start = begin + math.floor(passed * length_of_year / unit) * unit
            minutes = min(-math.log1p(-length) * scale, longest)
            units = max(1, math.ceil(minutes / unit))
            stretches.append(Interval(year, number, start, start + units * unit))
            number += 1


@lru_cache
def _first_minute(year: int) -> int:
    return day_number(date(year, 1, 1)) * MINUTES_PER_DAY


@lru_cache
def _year_of(minute: int) -> int:
    return day_of(minute // MINUTES_PER_DAY).year

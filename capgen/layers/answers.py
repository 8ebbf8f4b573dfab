"""What layers answer with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from capgen.draws.arrays import Flags, Floats
from capgen.layers.noise_parts.parts import Part
from capgen.settings.holidays import Holidays

Place = tuple[int | slice, slice]  # servers and steps


class Clock(NamedTuple):
    """What the servers of a region live by.

    Args:
        name: the clock's name.
        zone: its time zone; None for UTC.
        holidays: its calendar; None for that of all.
    """

    name: str
    zone: str | None
    holidays: Holidays | None


class Parameter(NamedTuple):
    """A parameter that each server may have a value of its own of.

    Args:
        path: where it stands in an archetype, such as `weekend_factor`.
        lowest: lowest value that it can have.
        highest: highest value that it can have.
    """

    path: str
    lowest: float = 0.0
    highest: float = math.inf


class Name(NamedTuple):
    """A name for cells in which a layer has changed a value.

    Args:
        cells: index of the cells.
        keys: metrics, one of which must have changed.
        text: the name.
    """

    cells: Place
    keys: Sequence[str]
    text: str


class Change(NamedTuple):
    """What a layer does to values.

    Args:
        where: the cells that it may change, shape (servers, steps).
        lay: changes the values of the metrics that it is given, in place.
        names: names of what changes them, made when they are asked for.
    """

    where: Flags
    lay: Callable[[Mapping[str, Floats]], None]
    names: Iterable[Name] = ()


class OwnNoise(NamedTuple):
    """Noise whose parts have shares of each server's own.

    Args:
        parts: the parts, the one that remembers nothing first.
        factors: lower triangular, shape (parts, metrics, metrics, servers): the rows make the
            shares of the metrics' variances.
    """

    parts: list[Part]
    factors: Floats


class Effect(NamedTuple):
    """A difference that a layer makes to what values are on average, as `check` names it.

    Args:
        name: name of the effect, and of the rule that looks for it.
        place: the rule's place among those of all effects.
        what: the effect in words.
        never: why it may change nothing.
        adds_up: whether levels mix by their mean under it, whatever the noise.
    """

    name: str
    place: int
    what: str
    never: str = "the layer changes nothing"
    adds_up: bool = False


class Neutral(NamedTuple):
    """What takes an effect away: what the means follow from, where the effect does nothing.

    Args:
        effect: the effect's name.
        detail: which part of the effect; empty for all of it.
        dates: columns of the calendar to replace.
        hours: columns that layers add to the calendar, to replace.
        servers: columns of the server frame to replace, where they are there.
        without: leave the layer out.
    """

    effect: str
    detail: str = ""
    dates: tuple[pl.Expr, ...] = ()
    hours: tuple[pl.Expr, ...] = ()
    servers: Mapping[str, float] = {}
    without: bool = False

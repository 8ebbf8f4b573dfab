"""How the times of a table are written: as the mapping says, or as the first rows show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from capgen.dataset.telemetry_manifest import AccountLine
from capgen.errors import RequestError
from capgen.telemetry.readers.mapping_types import AUTO, step_seconds
from capgen.telemetry.readers.places import TimePlace

_MICROSECONDS = {"s": 10**6, "ms": 10**3, "us": 1, "ns": 10**-3}
# Numbers of 1990 to 2100, by what they count.
_RANGES = {"s": (6.3e8, 4.2e9), "ms": (6.3e11, 4.2e12), "us": (6.3e14, 4.2e15), "ns": (6e17, 5e18)}
_OFFSET = re.compile(r"\d\d:\d\d.*(Z|[+-]\d\d(:?\d\d)?| ?UTC)$")
_ZONED = re.compile(r"\d\d:\d\d\S* ?([A-Za-z][\w/]*|[+-]\d\d(:?\d\d)?)$")  # in any way
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")


@dataclass(frozen=True, slots=True)
class Clock:
    """How times are written, as `table_rows.sql` takes it.

    Args:
        kind: typed, iso, offset, format, number or origin.
        zone: the clock that they are written by.
        factor: microseconds in a number.
        form: format of a text.
        origin: the first time.
        guess: what was taken for granted, if anything.
    """

    kind: str
    zone: str
    factor: float = 1
    form: str | None = None
    origin: datetime | None = None
    guess: AccountLine | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """What the query takes."""
        return {
            "clock": self.kind,
            "format": self.form,
            "factor": self.factor,
            "origin": self.origin,
        }


def clock_of(place: TimePlace, sample: Sequence[Any]) -> Clock:
    """Return how times are written.

    Args:
        place: what the mapping says.
        sample: the first times, as the table has them; nulls are left out.

    Raises:
        RequestError: the times say nothing, or what the mapping says does not fit them.
    """
    if place.origin is not None:
        return _counted(place)
    if place.format is not None:
        return Clock("format", place.zone, form=place.format)
    if place.unit in _MICROSECONDS:
        return Clock("number", "UTC", _MICROSECONDS[place.unit])
    if not sample:
        raise RequestError("time: expected times in the first rows, got none")
    first = sample[0]
    if isinstance(first, datetime):
        return Clock("offset", "UTC") if first.tzinfo else Clock("typed", place.zone)
    texts = [str(each).strip() for each in sample]
    if all(map(_is_number, texts)) and place.unit == AUTO:
        return _numbered(texts)
    return _written(place, texts)


def _counted(place: TimePlace) -> Clock:
    if place.step is None:
        raise RequestError(
            "time.origin: expected time.step beside it, such as 5min; how far apart are the rows?"
        )
    return Clock("origin", place.zone, step_seconds(place.step) * 10**6, origin=place.origin)


def _numbered(texts: list[str]) -> Clock:
    numbers = [float(text) for text in texts]
    for unit, (lowest, highest) in _RANGES.items():
        if lowest <= min(numbers) and max(numbers) <= highest:
            says = f"took {unit} since 1970: the first values are about {numbers[0]:.0f}"
            guess = AccountLine(name="time_unit", about="", count=0, says=says)
            return Clock("number", "UTC", _MICROSECONDS[unit], guess=guess)
    raise RequestError(
        f"time.unit: expected numbers since 1970, got {texts[0]!r}; is it s, ms, us or ns, or a "
        "number of steps from a time.origin with a time.step?"
    )


def _written(place: TimePlace, texts: list[str]) -> Clock:
    times = list(filter(_ISO.match, texts))  # a header again, or a sum below, is none
    if not times:
        raise RequestError(
            f"time.format: expected times such as 2024-01-31 23:59, got {texts[0][:40]!r}; how are "
            "they written? Set a format, such as %d.%m.%Y %H:%M"
        )
    if all(map(_OFFSET.search, times)):
        says = f"the times say how far from UTC they are: {times[0]!r}"
        return Clock("offset", "UTC", guess=AccountLine(name="zone", about="", count=0, says=says))
    zoned = next(filter(_ZONED.search, times), None)
    if zoned is not None:
        raise RequestError(
            "time: expected times that all say how far from UTC they are, such as with Z or "
            f"+01:00, or none that does, got {zoned[:40]!r}; load those of one kind at a time, or "
            "set time.format and time.zone"
        )
    return Clock("iso", place.zone)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

"""The constrained types that configuration values are made of."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from capgen.timeline.granularity import canonical_granularity

_SERVER_ID_FORMAT = re.compile(r"[A-Za-z0-9_-]{0,32}\{index(:0[1-9]d)?\}[A-Za-z0-9_-]{0,32}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:00)?)?")
# Stands between the ids of events that overlap; ids contain the names of apps and regions.
EVENT_SEPARATOR = "+"
_LONGEST_LABEL = 40
_LONGEST_TEXT = 80
_FIRST_DAY = date(1900, 1, 1)
_LAST_DAY = date(2199, 12, 31)
_MOST = 1e15  # of an amount: more must be a typing error, and its powers no floats


class Section(BaseModel):
    """A part of the configuration: typed, frozen, strict, and closed to unknown keys."""

    model_config = ConfigDict(
        strict=True,
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        # The configuration builds all sections as its parts, few need it alone. So the default of
        # a section is a factory: to make one as a class is read would build it there.
        defer_build=True,
    )


def _check_server_id_format(text: str) -> str:
    if _SERVER_ID_FORMAT.fullmatch(text) is None:
        raise ValueError("expected letters, digits, _ and - around one {index} or {index:03d}")
    return text


def _check_day(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError(f"expected a day from {_FIRST_DAY} to {_LAST_DAY}")
    return day


def _check_weights(weights: dict[str, float]) -> dict[str, float]:
    if sum(weights.values()) <= 0:
        raise ValueError("expected at least one weight above 0")
    return weights


def _check_date_text(text: object) -> object:
    if not isinstance(text, str) or _DATE.fullmatch(text) is None:  # a number of seconds is no date
        raise ValueError("expected a date as YYYY-MM-DD")
    return text


def _check_window_text(text: object) -> object:
    if not isinstance(text, str) or _DATE.fullmatch(text) is None:
        raise ValueError(
            "expected a date as YYYY-MM-DD, today, or days or weeks from it such as -90d or +4w"
        )
    return text


def _check_moment_text(text: object) -> object:
    if not isinstance(text, str) or _MOMENT.fullmatch(text) is None:
        raise ValueError("expected a day or a minute as YYYY-MM-DD or YYYY-MM-DD HH:MM")
    return text if len(text) > len("YYYY-MM-DD") else f"{text} 00:00"


def _check_zone(name: str) -> str:
    if name not in _zones():
        raise ValueError("expected a time zone such as America/New_York")
    return name


@cache
def _zones() -> frozenset[str]:
    """Return the zones of the tz database as published; other machines do not know more."""
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(names) - {"Factory"}  # stands for a zone that nobody has set


def _check_country(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2,3}", text):
        from capgen.timeline.holiday_library import country_code  # it is slow to import

        code = country_code(text)
        hint = f"{code} for {text}" if code else "such as US"
        raise ValueError(f"expected the ISO 3166 code of a country, {hint}")
    return text


def _check_label(text: str) -> str:
    if not 0 < len(text) <= _LONGEST_LABEL or not text.isprintable() or text != text.strip():
        raise ValueError(
            f"expected 1 to {_LONGEST_LABEL} printable characters, none of them a space at an end"
        )
    if EVENT_SEPARATOR in text:
        raise ValueError(
            f"expected a name without {EVENT_SEPARATOR}, which stands between the ids of events"
        )
    return text


def _check_text(text: str) -> str:
    if len(text) > _LONGEST_TEXT or not text.isprintable():
        raise ValueError(f"expected at most {_LONGEST_TEXT} printable characters")
    return text


def _check_pair(values: object) -> object:
    if not isinstance(values, list) or len(values) != 2:
        raise ValueError("expected two numbers, the lower and the upper limit")
    return values


def _check_interval(interval: tuple[float, float]) -> tuple[float, float]:
    if interval[0] >= interval[1]:
        raise ValueError("expected the lower limit below the upper one")
    return interval


class FrozenDict(dict[Any, Any]):
    """A mapping that cannot change."""

    def _refuse(self, *_arguments: object, **_options: object) -> NoReturn:
        raise TypeError("a configuration is frozen; load another with the values you want")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[Any, Any]]]:
        # Pickled as a dict it would be filled item by item, and refuse.
        return FrozenDict, (dict(self),)


Day = Annotated[
    date, Field(strict=False), BeforeValidator(_check_date_text), AfterValidator(_check_day)
]
WindowDay = Annotated[
    date, Field(strict=False), BeforeValidator(_check_window_text), AfterValidator(_check_day)
]
# Naive: read as UTC, like the timestamps.
Moment = Annotated[datetime, Field(strict=False), BeforeValidator(_check_moment_text)]
Zone = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,40}$"), AfterValidator(_check_zone)
]
Granularity = Annotated[str, BeforeValidator(lambda value: canonical_granularity(str(value)))]
ServerIdFormat = Annotated[str, AfterValidator(_check_server_id_format)]
# Names stand in paths (archetype) and as columns (metric): plain lower case, so that neither needs
# quoting and no two differ by case alone.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
# Names of somebody's own, such as São Paulo, R&D or EMEA/UK: they never stand in a path.
Label = Annotated[str, AfterValidator(_check_label)]
Text = Annotated[str, AfterValidator(_check_text)]
Unit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9%/ ._-]{0,20}$")]
CountryCode = Annotated[str, AfterValidator(_check_country)]
SubdivisionCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,20}$")]
Factor = Annotated[float, Field(ge=0, le=1000)]
Rate = Annotated[float, Field(ge=-1e6, le=1e6)]
RelativeSd = Annotated[float, Field(ge=0, le=10)]
Amount = Annotated[float, Field(ge=-_MOST, le=_MOST)]
NotNegative = Annotated[float, Field(ge=0, le=_MOST)]
Probability = Annotated[float, Field(ge=0, le=1)]
Correlation = Annotated[float, Field(ge=-1, le=1)]
Hour = Annotated[int, Field(ge=0, le=23)]
Month = Annotated[int, Field(ge=1, le=12)]
DayOfMonth = Annotated[int, Field(ge=1, le=31)]

Key = TypeVar("Key")
Value = TypeVar("Value")
Frozen = Annotated[dict[Key, Value], AfterValidator(FrozenDict)]
Weights = Annotated[Frozen[Label, NotNegative], Field(min_length=1), AfterValidator(_check_weights)]
Interval = Annotated[
    tuple[Amount, Amount],
    Field(strict=False),
    BeforeValidator(_check_pair),
    AfterValidator(_check_interval),
]

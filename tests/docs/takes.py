"""What a key takes, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic.fields import FieldInfo

from capgen.settings import types

_NAMED = (
    (types.WindowDay, "a day: YYYY-MM-DD, or from today such as -90d"),
    (types.Day, "a day: YYYY-MM-DD"),
    (types.Moment, "a day or a minute (UTC): YYYY-MM-DD HH:MM"),
    (types.Zone, "a time zone such as Europe/Berlin"),
    (types.Granularity, "daily, hourly, or minutes such as 15min"),
    (types.CountryCode, "ISO 3166 code of a country"),
    (types.Interval, "[lowest, highest]"),
    (types.Weights, "a weight by name"),
)
_PLAIN = {bool: "true or false", int: "whole number", float: "number", str: "text"}
_UNITS = {
    "mean_hours": "hours",
    "half_life_hours": "hours",
    "window_days": "days",
    "shoulder_days": "days",
    "ramp_days": "days",
    "percent_per_month": "% a month",
    "per_year": "times a year",
    "decimals": "digits",
    "archetypes.*.base": "the metric's",
    "archetypes.*.sd": "the metric's",
    "metrics.*.clip": "the metric's",
    "resize.limit": "the metric's",
}


def takes(annotation: Any) -> str:
    """Return what a key may be set to.

    Args:
        annotation: of the model's field.
    """
    named = next((words for kind, words in _NAMED if kind == annotation), None)
    return named or _described(annotation)


def _described(annotation: Any) -> str:
    inner = get_args(annotation)
    origin = get_origin(annotation)
    if origin is Annotated:
        return _limited(inner[0], list(_limits(inner[1:])))
    if origin is Literal:
        return " or ".join(map(str, inner))
    if origin in (Union, UnionType):
        kinds = [takes(kind) for kind in inner if kind is not NoneType]
        return " or ".join([*kinds, *(["null"] if NoneType in inner else [])])
    if origin in (dict, tuple):
        what = takes(inner[-1] if origin is dict else inner[0])
        return f"by name: {what}" if origin is dict else f"list of: {what}"
    return _PLAIN.get(annotation, "a section")


def _limited(annotation: Any, limits: list[Any]) -> str:
    least = next((limit.ge for limit in limits if isinstance(limit, Ge)), None)
    most = next((limit.le for limit in limits if isinstance(limit, Le)), None)
    above = next((limit.gt for limit in limits if isinstance(limit, Gt)), None)
    count = next((limit.min_length for limit in limits if isinstance(limit, MinLen)), None)
    longest = next((limit.max_length for limit in limits if isinstance(limit, MaxLen)), None)
    if get_origin(annotation) is tuple and count is not None and count == longest:
        return f"{count} of: {takes(get_args(annotation)[0])}"
    bounds: list[tuple[str, Any]] = [("above", above), ("from", least), ("to", most)]
    given = [f"{word} {_number(bound)}" for word, bound in bounds if bound is not None]
    return " ".join([takes(annotation), *given])


def _number(bound: float) -> str:
    return f"{int(bound):,}" if bound == int(bound) else f"{bound:g}"


def _limits(metadata: Iterable[Any]) -> Iterator[Any]:
    """Yield the limits in an annotation, those within its fields included."""
    for limit in metadata:
        yield from limit.metadata if isinstance(limit, FieldInfo) else [limit]


def unit(path: str) -> str:
    """Return the unit of a key; empty where it has none.

    Args:
        path: of the key.
    """
    return next((unit for ending, unit in _UNITS.items() if path.endswith(ending)), "")

"""Conditions on the fleet: which servers take part in what is configured at a set time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal

import polars as pl
from pydantic import BeforeValidator, Field, StringConstraints

from capgen.layers.known import Known
from capgen.settings.names import unknown_names
from capgen.settings.types import Frozen

Attribute = Literal["server", "app", "region", "business_unit", "criticality", "server_type"]
# What a server has of each, as a column of the server frame.
ATTRIBUTES: dict[Attribute, str] = {
    "server": "server_id",
    "app": "app_name",
    "region": "region",
    "business_unit": "business_unit",
    "criticality": "criticality",
    "server_type": "server_type",
}
Named = Annotated[str, StringConstraints(max_length=100)]
ServerLabels = Mapping[Attribute, str]  # what a server is called, and what it belongs to
Values = Mapping[Attribute, tuple[str, ...]]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


OneOrMore = Annotated[
    tuple[Named, ...], Field(strict=False, min_length=1), BeforeValidator(_as_list)
]
Condition = Annotated[Frozen[Attribute, OneOrMore], Field(min_length=1)]


def holds_for(condition: Values, labels: ServerLabels) -> bool:
    """Tell whether a server has one of the values of each attribute.

    Args:
        condition: the values, by attribute.
        labels: the server's labels.
    """
    return all(labels[attribute] in values for attribute, values in condition.items())


def condition_text(condition: Values) -> str:
    """Return a condition as people read it.

    Args:
        condition: the values, by attribute.
    """
    return ", ".join(f"{name} {' or '.join(values)}" for name, values in condition.items())


def labels_of(servers: pl.DataFrame) -> Iterator[ServerLabels]:
    """Yield what decides for which conditions each server counts.

    Args:
        servers: the server frame.
    """
    # Column by column: a query on so few rows would take longer than all else here.
    columns = [servers[name].to_list() for name in ATTRIBUTES.values()]
    for row in zip(*columns, strict=True):
        yield dict(zip(ATTRIBUTES, row, strict=True))


def condition_problems(path: str, condition: Values, known: Known) -> Iterator[str]:
    """Yield the values that no server can have.

    Args:
        path: where the condition is configured.
        condition: the values, by attribute.
        known: the rest of the configuration.
    """
    for attribute, values in condition.items():
        yield from _value_problems(f"{path}.{attribute}", attribute, values, known)


def _value_problems(
    path: str, attribute: Attribute, values: Iterable[str], known: Known
) -> Iterator[str]:
    fleet = known.fleet
    if attribute == "server":
        example = fleet.server_id_format.format(index=fleet.first_index)
        for value in values:
            if not _is_server_id(value, known):
                yield (
                    f"{path}: expected the id of a server of the fleet, such as {example}, "
                    f"got {value!r}"
                )
    elif attribute == "app":
        example = f"{next(iter(fleet.business_unit))}-app-0"
        for value in values:
            if not _is_app(value, known):
                yield f"{path}: expected a name such as {example}, got {value!r}"
    elif attribute == "server_type":
        yield from unknown_names(path, values, known.archetypes)
    else:
        yield from unknown_names(path, values, getattr(fleet, attribute))


def _is_app(text: str, known: Known) -> bool:
    unit, _, index = text.rpartition("-app-")
    if unit not in known.fleet.business_unit or not re.fullmatch(r"0|[1-9][0-9]{0,8}", index):
        return False
    return int(index) < known.fleet.apps_per_business_unit


def _is_server_id(text: str, known: Known) -> bool:
    form = known.fleet.server_id_format
    number = text.removeprefix(form.split("{")[0]).removesuffix(form.split("}")[1])
    if re.fullmatch(r"[0-9]{1,9}", number) is None:
        return False
    is_in_fleet = 0 <= int(number) - known.fleet.first_index < known.num_servers
    return is_in_fleet and form.format(index=int(number)) == text

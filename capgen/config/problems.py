"""Turns validation errors into lines that name the key, what it got, what was expected, and from where."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from capgen.config.merging import Merged, Path
from capgen.config.suggest import nearest

_LONGEST_VALUE = 60
_MOST_PROBLEMS = 5
_WORDING = (
    ("Value error, ", ""),
    ("Input should be", "expected"),
    ("String should", "expected text to"),
    ("Tuple should have", "expected"),
    (" after validation, not", ", got"),
    ("a valid dictionary", "a mapping"),
    ("an object", "a mapping"),
    ("greater than or equal to", "at least"),
    ("less than or equal to", "at most"),
    ("greater than", "above"),
    ("less than", "below"),
)


def problem_lines(error: ValidationError, merged: Merged, model: type[BaseModel]) -> list[str]:
    """Return one line for each thing wrong with a configuration, five at most.

    Args:
        error: what the typed schema found.
        merged: the values it was given, with their sources.
        model: the schema's outermost section.

    Returns:
        Lines such as `seed: expected a valid integer, got 'x' (--set seed)`.
    """
    lines = list(_lines(error.errors(include_url=False), merged, model))
    if len(lines) > _MOST_PROBLEMS:
        lines[_MOST_PROBLEMS:] = [f"and {len(lines) - _MOST_PROBLEMS} more problems"]
    return lines


def _lines(details: list[ErrorDetails], merged: Merged, model: type[BaseModel]) -> Iterator[str]:
    missing: dict[Path, list[str]] = {}
    for detail in details:
        path: Path = tuple(str(part)[:_LONGEST_VALUE] for part in detail["loc"] if part != "[key]")
        if detail["type"] == "missing":
            missing.setdefault(path[:-1], []).append(path[-1])
        elif detail["type"] == "rules":
            yield from detail["ctx"]["problems"]
        else:
            yield _with_source(_problem(detail, path, model), path, merged)
    for path, keys in missing.items():
        text = f"{'.'.join(path) or 'configuration'}: expected {', '.join(keys)} as well{_sibling_hint(path, merged)}"
        yield _with_source(text, (*path, keys[0]) if (*path, keys[0]) in merged.removed else path, merged)


def _problem(detail: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    key = ".".join(path)
    if detail["type"] == "extra_forbidden":
        return f"{key}: unknown key{nearest(path[-1], known_keys(model, path[:-1]))}"
    if detail["type"] == "value_error" and isinstance(
        detail["input"], dict
    ):  # a whole section: its own message says what is wrong in it
        return f"{key}: {expectation(detail)}"
    return f"{key}: {expectation(detail)}, got {shown(detail['input'])}"


def _with_source(text: str, path: Path, merged: Merged) -> str:
    source = merged.source_of(path)
    return f"{text} ({source})" if source else text


def _sibling_hint(path: Path, merged: Merged) -> str:
    """An incomplete archetype or metric may be a known one, misspelt."""
    siblings: Any = merged.values
    for key in path[:-1]:
        siblings = siblings[key] if isinstance(siblings, dict) else {}
    return nearest(path[-1], set(siblings) - {path[-1]}) if path and isinstance(siblings, dict) else ""


def expectation(detail: ErrorDetails) -> str:
    """Return what a key should have been.

    Args:
        detail: one problem that the schema found.
    """
    text = detail["msg"]
    for theirs, ours in _WORDING:
        text = text.replace(theirs, ours)
    return text


def shown(value: Any) -> str:
    """Return what a key got, cut short where it is long.

    Args:
        value: plain data.
    """
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"


def known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that a section of the schema knows.

    Args:
        model: the schema's outermost section.
        path: keys from the top to the section.

    Returns:
        Field names; empty where the path leads to no section.
    """
    current: Any = model
    for key in path:
        current = _inner(current.model_fields[key].annotation if _is_section(current) else _item_type(current))
    return list(current.model_fields) if _is_section(current) else []


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _item_type(container: Any) -> Any:
    """Return what a mapping's values, or a tuple's items, are."""
    kinds = [kind for kind in typing.get_args(container) if kind is not Ellipsis]
    return kinds[-1] if kinds else None


def _inner(kind: Any) -> Any:
    """Strip `Annotated[…]` and `… | None` from a type."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _inner(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return _inner(next(each for each in typing.get_args(kind) if each is not type(None)))
    return kind

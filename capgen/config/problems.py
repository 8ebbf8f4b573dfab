"""Turns validation errors into lines: the key, what was expected, what it got, and its source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from capgen.config.merging import Merged, Path
from capgen.config.schema_keys import known_keys
from capgen.config.shares import share_problem
from capgen.config.suggest import nearest
from capgen.words import abridged

_LONGEST_VALUE = 60
_MOST_PROBLEMS = 20
_MOST_KEYS = 14
_NO_SECTION = {"model_type", "model_attributes_type"}
_KINDS = {"archetypes", "metrics"}
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


def shortened(lines: list[str]) -> list[str]:
    """Return the first lines, and a line with the number of the others.

    Args:
        lines: one line for each problem.
    """
    return abridged(lines, _MOST_PROBLEMS, "problem")


def problem_lines(
    details: list[ErrorDetails], merged: Merged, model: type[BaseModel]
) -> Iterator[str]:
    """Yield one line for each problem with the keys of a configuration.

    Args:
        details: the problems that the typed schema found.
        merged: the configured values with their sources.
        model: the schema's outermost section.

    Yields:
        Lines such as `seed: expected a valid integer, got 'x' (--set seed)`.
    """
    missing: dict[Path, list[str]] = {}
    for detail in details:
        path = known_path(detail)
        if detail["type"] != "missing":
            yield _with_source(_problem(detail, path, model), path, merged)
        elif path in merged.removed:
            yield _with_source(f"{'.'.join(path)}: expected a value, got null", path, merged)
        else:
            missing.setdefault(path[:-1], []).append(path[-1])
    for path, keys in missing.items():
        yield _with_source(_lacking(path, keys, merged), path, merged)


def rule_lines(details: list[ErrorDetails], merged: Merged) -> Iterator[str]:
    """Yield one line for each broken rule between parts of a configuration.

    Args:
        details: the problems that the typed schema found.
        merged: the configured values with their sources.
    """
    for detail in details:
        if detail["type"] == "rules":
            shares = detail["ctx"]["shares"]
            given = [name for name in shares if _is_chosen(("archetypes", name, "share"), merged)]
            yield from filter(None, [share_problem(shares, given)])
            yield from detail["ctx"]["problems"]


def known_path(detail: ErrorDetails) -> Path:
    """Return the keys that lead to a problem, long ones cut short.

    Args:
        detail: a problem that the schema found.
    """
    return tuple(str(part)[:_LONGEST_VALUE] for part in detail["loc"] if part != "[key]")


def _is_chosen(path: Path, merged: Merged) -> bool:
    return not merged.source_of(path).startswith("preset ")


def _problem(detail: ErrorDetails, path: Path, model: type[BaseModel]) -> str:
    key = ".".join(path)
    if detail["type"] == "extra_forbidden":
        return f"{key}: {_unknown_key(path, model)}"
    if detail["type"] in _NO_SECTION:
        keys = ", ".join(known_keys(model, path))
        return f"{key}: expected a mapping with {keys}, got {shown(detail['input'])}"
    if detail["type"] == "value_error" and isinstance(detail["input"], dict):
        return f"{key}: {expectation(detail)}"  # a section's own message says what it got
    if detail["type"] == "string_type":
        got = shown(detail["input"])
        return f"{key}: expected text, got {got}; quote it, as in --set \"{key}='…'\""
    return f"{key}: {expectation(detail)}, got {shown(detail['input'])}"


def _unknown_key(path: Path, model: type[BaseModel]) -> str:
    if "." in path[-1]:
        nested = "{".join(f"{word}: " for word in path[-1].split("."))
        example = f"{nested}…{'}' * path[-1].count('.')}"
        return f"unknown key: a dot in a file is part of a name; write {example}"
    known = known_keys(model, path[:-1])
    hint = nearest(path[-1], known)
    if hint:
        return f"unknown key{hint}"
    if len(known) <= _MOST_KEYS:
        return f"unknown key; expected one of {', '.join(known)}"
    return "unknown key; capgen config show prints all keys"


def _lacking(path: Path, keys: list[str], merged: Merged) -> str:
    """Say what an entry lacks: it is new, or a known one misspelt."""
    section = ".".join(path) or "configuration"
    wanted = ", ".join(keys)
    hint = _sibling_hint(path, merged)
    if len(path) != 2 or path[0] not in _KINDS:
        return f"{section}: expected {wanted} as well{hint}"
    if path[0] == "archetypes":
        hint = f"; capgen config init - --archetype {path[1]} prints a complete one{hint}"
    return f"{section}: is new, so it needs {wanted}{hint}"


def _with_source(text: str, path: Path, merged: Merged) -> str:
    source = merged.source_of(path)
    return f"{text} ({source})" if source else text


def _sibling_hint(path: Path, merged: Merged) -> str:
    """Suggest a known name: an incomplete archetype or metric may be one that is misspelt."""
    siblings: Any = merged.values
    for key in path[:-1]:
        siblings = siblings[key] if isinstance(siblings, dict) else {}
    if not path or not isinstance(siblings, dict):
        return ""
    return nearest(path[-1], set(siblings) - {path[-1]})


def expectation(detail: ErrorDetails) -> str:
    """Return what a key should have been.

    Args:
        detail: a problem that the schema found.
    """
    text = detail["msg"]
    for theirs, ours in _WORDING:
        text = text.replace(theirs, ours)
    return text


def shown(value: Any) -> str:
    """Return what a key got, cut short if it is long.

    Args:
        value: plain data.
    """
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"

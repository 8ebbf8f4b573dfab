"""Finds all problems of a configuration: it mends those that it finds, so that others appear."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from capgen.config.merging import Merged, Path
from capgen.config.model import Config
from capgen.config.problems import known_path, problem_lines, rule_lines, shortened

_MOST_ROUNDS = 8  # a wrong key, the problem that it hid, the problem that this one hid, …


def every_problem(error: ValidationError, merged: Merged, defaults: Mapping[str, Any]) -> list[str]:
    """Return one line for each problem of a configuration.

    Args:
        error: what the typed schema found first.
        merged: the configured values with their sources.
        defaults: good values, which replace wrong ones.
    """
    return shortened(list(_problems(error, merged, defaults)))


def _problems(error: ValidationError, merged: Merged, defaults: Mapping[str, Any]) -> Iterator[str]:
    values = copy.deepcopy(merged.values)
    mended: list[Path] = []
    found: ValidationError | None = error
    for _ in range(_MOST_ROUNDS):
        if found is None:
            return
        details = found.errors(include_url=False)
        yield from _new_lines(details, mended, merged)
        if any(detail["type"] == "rules" for detail in details):
            return
        for path in {_place(detail): None for detail in details}:
            _mend(values, path, defaults)
            mended.append(path)
        found = _error_of(values)


def _new_lines(details: list[ErrorDetails], mended: list[Path], merged: Merged) -> Iterator[str]:
    """Yield the problems that mending has not caused."""
    own = [detail for detail in details if _is_new(detail, mended)]
    yield from problem_lines(own, merged, Config)
    for line in rule_lines(details, merged):
        if not _touches(tuple(line.partition(": ")[0].split(".")), mended):
            yield line


def _is_new(detail: ErrorDetails, mended: list[Path]) -> bool:
    return detail["type"] != "rules" and not _touches(known_path(detail), mended)


def _touches(path: Path, mended: list[Path]) -> bool:
    """Tell whether a key lies in, or around, a mended one."""
    return any(path[: len(other)] == other or other[: len(path)] == path for other in mended)


def _place(detail: ErrorDetails) -> Path:
    """Return what must be replaced: the whole list, or the whole section that lacks a key."""
    keys: list[str] = []
    for part in detail["loc"]:
        if not isinstance(part, str) or part == "[key]":
            break
        keys.append(part)
    lacks_a_key = detail["type"] == "missing" and len(keys) > 1
    return tuple(keys[:-1] if lacks_a_key else keys)


def _mend(values: dict[str, Any], path: Path, defaults: Mapping[str, Any]) -> None:
    """Replace a wrong value by its default; remove it if there is none."""
    good: Any = defaults
    section: Any = values
    for key in path[:-1]:
        good = good.get(key) if isinstance(good, Mapping) else None
        section = section.get(key) if isinstance(section, dict) else None
    if not isinstance(section, dict) or not path:
        return
    section.pop(path[-1], None)
    if isinstance(good, Mapping) and path[-1] in good:
        section[path[-1]] = copy.deepcopy(good[path[-1]])


def _error_of(values: Mapping[str, Any]) -> ValidationError | None:
    try:
        Config.model_validate_json(json.dumps(values, ensure_ascii=False).encode())
    except ValidationError as error:
        return error
    return None

"""Finds all that is wrong with a configuration at once: what is found is mended, so that the rest can be seen."""

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

_MOST_ROUNDS = 8  # a wrong key, what was behind it, what was behind that


def every_problem(error: ValidationError, merged: Merged, defaults: Mapping[str, Any]) -> list[str]:
    """Return one line for each thing wrong with a configuration.

    Args:
        error: what the typed schema found first.
        merged: the values it was given, with their sources.
        defaults: values that are good, to stand in for wrong ones.
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
    """Yield the problems that mending has not brought about."""
    own = [
        detail
        for detail in details
        if detail["type"] != "rules" and not _touches(known_path(detail), mended)
    ]
    yield from problem_lines(own, merged, Config)
    for line in rule_lines(details, merged):
        if not _touches(tuple(line.partition(": ")[0].split(".")), mended):
            yield line


def _touches(path: Path, mended: list[Path]) -> bool:
    """Tell whether a key lies in, or around, one that was mended."""
    return any(path[: len(each)] == each or each[: len(path)] == path for each in mended)


def _place(detail: ErrorDetails) -> Path:
    """Return what must be replaced: a list as a whole, and what lacks a key as a whole."""
    keys: list[str] = []
    for part in detail["loc"]:
        if not isinstance(part, str) or part == "[key]":
            break
        keys.append(part)
    lacks_a_key = detail["type"] == "missing" and len(keys) > 1
    return tuple(keys[:-1] if lacks_a_key else keys)


def _mend(values: dict[str, Any], path: Path, defaults: Mapping[str, Any]) -> None:
    """Put the default in place of what is wrong; take it away where there is none."""
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

"""Writes a resolved configuration as text, with the source of each value."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from capgen.config import Resolved
from capgen.config.merging import Merged, Path
from capgen.config.repairs import repaired_values
from capgen.config.yaml_text import parse_yaml

_COMMENT_COLUMN = 60
_INDENT = "  "
_Leaf = tuple[Any, str]


def as_yaml(resolved: Resolved) -> str:
    """Return a configuration as YAML, with the source of each value in a comment.

    Args:
        resolved: the configuration, its values and their sources.
    """
    return "\n".join(_lines(resolved))


def as_json(resolved: Resolved) -> dict[str, dict[str, Any]]:
    """Return the value and the source of each key, by its dotted path.

    For a repaired correlation matrix, `in_use` has the value in place of the configured one.

    Args:
        resolved: the configuration, its values and their sources.
    """
    in_use = repaired_values(resolved.config)
    given = {".".join(path): leaf for path, leaf in sorted(_shown(resolved.merged).items())}
    for key in in_use.keys() - given.keys():
        given[key] = (None, "")
    facts = {key: {"value": value, "source": source} for key, (value, source) in given.items()}
    for key, value in in_use.items():
        facts[key]["in_use"] = value
    return facts


def _shown(merged: Merged) -> dict[Path, _Leaf]:
    """Return the leaves, and a null for each removed key, so that a file of them says the same."""
    return {**merged.leaves, **{path: (None, source) for path, source in merged.removed.items()}}


def _lines(resolved: Resolved) -> Iterator[str]:
    in_use = repaired_values(resolved.config)
    open_sections: Path = ()
    for path, (value, source) in _grouped(_shown(resolved.merged)):
        pairs = zip(open_sections, path[:-1], strict=False)
        shared = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))
        for depth in range(shared, len(path) - 1):
            yield f"{_INDENT * depth}{_word(path[depth])}:"
        open_sections = path[:-1]
        indent = _INDENT * len(open_sections)
        text = f"{indent}{_word(path[-1])}: {json.dumps(value)}"  # JSON is YAML
        repaired = in_use.pop(".".join(path), None)
        mark = "" if repaired is None else f"; in use: {repaired:g}, of the nearest possible matrix"
        yield f"{text:<{_COMMENT_COLUMN}}  # {source}{mark}"
    for key, value in in_use.items():
        yield f"# not configured, in use: {key}: {value:g}, of the nearest possible matrix"


def _grouped(leaves: Mapping[Path, _Leaf]) -> list[tuple[Path, _Leaf]]:
    """Return the leaves grouped by section, in the order in which sections first appear."""
    order: dict[Path, int] = {}
    for path in leaves:
        for section in _sections(path):
            order.setdefault(section, len(order))

    def position(leaf: tuple[Path, _Leaf]) -> list[int]:
        return [order[section] for section in _sections(leaf[0])]

    return sorted(leaves.items(), key=position)


def _sections(path: Path) -> list[Path]:
    """Return the sections around a key, the outermost first, and the key itself."""
    return [path[:length] for length in range(1, len(path) + 1)]


def _word(key: str) -> str:
    """Quote a key that YAML would read as something else, such as NO."""
    plain = key.replace("_", "").replace("-", "").isalnum() and parse_yaml(key, key) == key
    return key if plain else json.dumps(key)

"""A resolved configuration as text, with the source of each value."""

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
    """Return a configuration as YAML, the source of each value in a comment.

    Args:
        resolved: the configuration, its values and their sources.
    """
    return "\n".join(_lines(resolved))


def as_json(resolved: Resolved) -> dict[str, dict[str, Any]]:
    """Return the value and the source of each key, by its dotted path.

    Where a correlation matrix was repaired, `in_use` has the value in place of what was configured.

    Args:
        resolved: the configuration, its values and their sources.
    """
    in_use = repaired_values(resolved.config)
    given = {".".join(path): leaf for path, leaf in sorted(_shown(resolved.merged).items())}
    for key in in_use.keys() - given.keys():
        given[key] = (None, "")
    return {
        key: {
            "value": value,
            "source": source,
            **({"in_use": in_use[key]} if key in in_use else {}),
        }
        for key, (value, source) in given.items()
    }


def _shown(merged: Merged) -> dict[Path, _Leaf]:
    """Return the leaves, and a null for each key that was taken away: a file made of them says the same."""
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
        text = (
            f"{_INDENT * len(open_sections)}{_word(path[-1])}: {json.dumps(value)}"  # JSON is YAML
        )
        repaired = in_use.pop(".".join(path), None)
        mark = "" if repaired is None else f"; in use: {repaired:g}, of the nearest possible matrix"
        yield f"{text:<{_COMMENT_COLUMN}}  # {source}{mark}"
    for key, value in in_use.items():
        yield f"# not configured, in use: {key}: {value:g}, of the nearest possible matrix"


def _grouped(leaves: Mapping[Path, _Leaf]) -> list[tuple[Path, _Leaf]]:
    """Return the leaves so that those of one section stand together, in the order in which they first came."""
    order: dict[Path, int] = {}
    for path in leaves:
        for length in range(1, len(path) + 1):
            order.setdefault(path[:length], len(order))
    return sorted(
        leaves.items(),
        key=lambda leaf: [order[leaf[0][:length]] for length in range(1, len(leaf[0]) + 1)],
    )


def _word(key: str) -> str:
    """Quote a key that YAML would read as something else, such as NO."""
    plain = key.replace("_", "").replace("-", "").isalnum() and parse_yaml(key, key) == key
    return key if plain else json.dumps(key)

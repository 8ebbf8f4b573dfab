"""A resolved configuration as text, with the source of each value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from capgen.config.layers import Merged, Path

_COMMENT_COLUMN = 60


def as_yaml(merged: Merged) -> str:
    """Return a configuration as YAML, the source of each value in a comment.

    Args:
        merged: the configuration's values and their sources.
    """
    return "\n".join(_lines(merged.values, (), merged))


def as_json(merged: Merged) -> dict[str, dict[str, Any]]:
    """Return the value and the source of each key, by its dotted path.

    Args:
        merged: the configuration's values and their sources.
    """
    return {
        ".".join(path): {"value": _value_at(merged.values, path), "source": source}
        for path, source in merged.sources.items()
    }


def _lines(values: Mapping[str, Any], path: Path, merged: Merged) -> Iterator[str]:
    indent = "  " * len(path)
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{_word(key)}:"
            yield from _lines(value, (*path, key), merged)
        else:
            text = f"{indent}{_word(key)}: {json.dumps(value)}"  # JSON is YAML
            yield f"{text:<{_COMMENT_COLUMN}}  # {merged.sources[(*path, key)]}"


def _word(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() else json.dumps(key)


def _value_at(values: Any, path: Path) -> Any:
    for key in path:
        values = values[key]
    return values

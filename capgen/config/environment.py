"""Reads the `CF_DATA_…` variables, whose names in capitals stand for keys of any spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from capgen.config.merging import KeySource, Path, merge, nested
from capgen.config.yaml_text import parse_yaml
from capgen.errors import ConfigError

_PREFIX = "CF_DATA_"
_NESTING = "__"
# The keys in these sections are the user's own names, whose capitals no variable can tell.
_LABELS = frozenset({("fleet", "business_unit"), ("fleet", "criticality"), ("fleet", "region")})
_REGIONS = frozenset({("layers", "local_time", "zones"), ("layers", "local_time", "holidays")})
_PAIRS = "correlation"


def environment_sources(
    environment: Mapping[str, str], changed: Sequence[KeySource]
) -> Iterator[KeySource]:
    """Yield one source for each `CF_DATA_…` variable, with `__` between the keys of its path.

    Capitals do not matter, and `_` stands for any character that is not a letter or digit.

    Args:
        environment: variables by name, such as `os.environ`.
        changed: the sources that the variables change, with all keys that they may name.

    Raises:
        ConfigError: a variable names no key, several keys, or a new name.
    """
    variables = sorted(name for name in environment if name.startswith(_PREFIX))
    values = merge(changed).values if variables else {}
    for variable in variables:
        value = parse_yaml(environment[variable], variable)
        yield KeySource(variable, nested(_path(variable, values), value))


def _path(variable: str, values: Mapping[str, Any]) -> Path:
    path: Path = ()
    words = variable.removeprefix(_PREFIX).split(_NESTING)
    if not all(words):
        example = f"{_PREFIX}SEED"
        raise ConfigError(f"{variable}: expected {_PREFIX} and a key, such as {example}")
    for word in words:
        path = (*path, _key(variable, word, path, list(_known(path, values))))
    return path


def _key(variable: str, word: str, path: Path, known: list[str]) -> str:
    meant = [key for key in known if _spelled(key) == _spelled(word)]
    meant = [key for key in meant if key == word] or meant
    if len(meant) > 1:
        raise ConfigError(
            f"{variable}: expected one key, got a name for {' and '.join(map(repr, meant))} of "
            f"{'.'.join(path)}; use --set {'.'.join((*path, meant[0]))}=… or a file"
        )
    if not meant and path in _LABELS | _REGIONS:
        section = _PREFIX + _NESTING.join(path).upper()
        raise ConfigError(
            f"{variable}: expected one of {', '.join(known)} after {section}{_NESTING}, "
            f"got {word!r}; a new name goes into the value: {section}='{{{word}: 1}}'"
        )
    return meant[0] if meant else word.lower()


def _known(path: Path, values: Mapping[str, Any]) -> Iterable[str]:
    """Return the keys that exist at a path, or could."""
    known = _section(path, values)
    if path in _REGIONS:
        return dict.fromkeys([*_section(("fleet", "region"), values), *known])
    if path[-1:] == (_PAIRS,):
        metrics = sorted(_section(("metrics",), values))
        return dict.fromkeys([*known, *map("~".join, combinations(metrics, 2))])
    return known


def _section(path: Path, values: Mapping[str, Any]) -> Mapping[str, Any]:
    current: Any = values
    for key in path:
        current = current.get(key) if isinstance(current, Mapping) else None
    return current if isinstance(current, Mapping) else {}


def _spelled(key: str) -> str:
    """Return a key as a variable's name can spell it."""
    return re.sub(r"[^A-Z0-9]", "_", key.upper())

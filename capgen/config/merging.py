"""Configuration from several sources: each overrides the one before it, key by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from os import PathLike
from typing import Any

from capgen.errors import ConfigError

Path = tuple[str, ...]
_ARCHETYPE_ALIASES = {"app": "application", "db": "database"}


@dataclass(frozen=True, slots=True)
class KeySource:
    """Where some keys of a configuration stand, and their values.

    Args:
        name: what a user knows it by: a file, an environment variable, a flag.
        values: nested plain data, as parsed from YAML.
    """

    name: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Merged:
    """The outcome of merging sources.

    Args:
        leaves: value of each leaf and name of its source, by path.
        removed: name of the source of each null that removed values of an earlier source, by path.
    """

    leaves: dict[Path, tuple[Any, str]]
    removed: dict[Path, str]

    @cached_property
    def values(self) -> dict[str, Any]:
        """The values as nested plain data."""
        values: dict[str, Any] = {}
        for path, (value, _) in self.leaves.items():
            _put(values, path, value)
        return values

    @cached_property
    def _sources(self) -> dict[Path, str]:
        """The source of each leaf; for each section, the source of its first leaf."""
        sources: dict[Path, str] = {}
        given = {**{leaf: source for leaf, (_, source) in self.leaves.items()}, **self.removed}
        for leaf, source in given.items():
            for section in _prefixes(leaf):
                sources.setdefault(section, source)
        return sources

    def source_of(self, path: Path) -> str:
        """Return the source of a key, of the first key below it, or of its removal.

        Args:
            path: keys from the top.

        Returns:
            The source's name, or the empty string if none has the key.
        """
        return self._sources.get(path, "")


def merge(sources: Iterable[KeySource]) -> Merged:
    """Merge what sources give, the last one on top.

    Mappings merge key by key, other values are replaced, and null removes a key.

    Args:
        sources: lowest precedence first.

    Raises:
        ConfigError: a source has an archetype or a correlation pair twice, in two spellings.
    """
    pile = _Pile()
    for source in sources:
        for path, value in _leaves(_in_one_spelling(source)):
            pile.lay(path, value, source.name)
    return Merged(pile.leaves, pile.removed)


class _Pile:
    """Merges leaf by leaf; the time for a leaf depends on its path, not on the number of leaves."""

    def __init__(self) -> None:
        self.leaves: dict[Path, tuple[Any, str]] = {}
        self.removed: dict[Path, str] = {}
        self._below: dict[Path, dict[Path, None]] = {}  # the leaves of each section, in order

    def lay(self, path: Path, value: Any, source: str) -> None:
        below = list(self._below.get(path, ()))
        if value == {} and below not in ([], [path]):
            return  # an empty section changes nothing
        is_removal = value is None and bool(below)
        for leaf in below:
            if is_removal or leaf != path:
                self._drop(leaf)
        for section in _prefixes(path):
            self.removed.pop(section, None)
            if section != path and section in self.leaves:
                self._drop(section)
        if is_removal:
            self.removed[path] = source
        else:
            self._put(path, value, source)

    def _put(self, path: Path, value: Any, source: str) -> None:
        self.leaves[path] = (value, source)
        for section in _prefixes(path):
            self._below.setdefault(section, {})[path] = None

    def _drop(self, leaf: Path) -> None:
        del self.leaves[leaf]
        for section in _prefixes(leaf):
            del self._below[section][leaf]


def _prefixes(path: Path) -> Iterator[Path]:
    """Yield the sections around a key, the outermost first, then the key itself."""
    yield ()
    for length in range(1, len(path) + 1):
        yield path[:length]


def nested(path: Path, value: Any) -> dict[str, Any]:
    """Return nested mappings that hold one value at a path.

    Args:
        path: keys from the top.
        value: the innermost value.
    """
    values: dict[str, Any] = {}
    _put(values, path, value)
    return values


def _leaves(values: Mapping[str, Any], prefix: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*prefix, key))
        elif isinstance(value, date | PathLike):  # which Python code gives, and no file
            yield (*prefix, key), str(value)
        else:
            yield (*prefix, key), value


def _put(values: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value


def _in_one_spelling(source: KeySource) -> Mapping[str, Any]:
    """Spell archetypes and correlation pairs in one way, so that sources override each other."""
    given = source.values.get("archetypes")
    if not isinstance(given, Mapping):
        return source.values
    archetypes = _renamed(given, lambda name: _ARCHETYPE_ALIASES.get(name, name), source.name)
    for name, archetype in archetypes.items():
        archetypes[name] = _sorted_pairs(archetype, source.name)
    return {**source.values, "archetypes": archetypes}


def _sorted_pairs(archetype: Any, source: str) -> Any:
    given = archetype.get("correlation") if isinstance(archetype, Mapping) else None
    if not isinstance(given, Mapping):
        return archetype
    pairs = _renamed(given, lambda pair: "~".join(sorted(pair.split("~"))), source)
    return {**archetype, "correlation": pairs}


def _renamed(
    values: Mapping[str, Any], rename: Callable[[str], str], source: str
) -> dict[str, Any]:
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        key = rename(name)
        if key in renamed:
            raise ConfigError(
                f"archetypes: expected {key!r} once, got it twice in two spellings ({source})"
            )
        renamed[key] = value
    return renamed

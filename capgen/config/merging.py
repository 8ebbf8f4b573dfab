"""Configuration in layers: each layer overrides the one below it, key by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from capgen.errors import ConfigError

Path = tuple[str, ...]
_ARCHETYPE_ALIASES = {"app": "application", "db": "database"}


@dataclass(frozen=True, slots=True)
class Layer:
    """Some configuration values and where they come from.

    Args:
        source: for people: a file's name, an environment variable, a flag.
        values: nested plain data, as parsed from YAML.
    """

    source: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Merged:
    """The outcome of merging layers.

    Args:
        leaves: value and source of each leaf, by path.
        removed: source of each null that took away what a lower layer had there, by path.
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
        """The source of each leaf, and of each section that of its first leaf."""
        sources: dict[Path, str] = {}
        given = {**{leaf: source for leaf, (_, source) in self.leaves.items()}, **self.removed}
        for leaf, source in given.items():
            for section in _prefixes(leaf):
                sources.setdefault(section, source)
        return sources

    def source_of(self, path: Path) -> str:
        """Return the layer that gave a key, or the first key below it, or took it away.

        Args:
            path: keys from the top.

        Returns:
            The layer's source, or the empty string where no layer names the key.
        """
        return self._sources.get(path, "")


def merge(layers: Iterable[Layer]) -> Merged:
    """Lay configuration layers over each other, the last one on top.

    Mappings merge key by key, everything else is replaced, and null takes a key away.

    Args:
        layers: lowest precedence first.

    Returns:
        The merged values and where they come from.

    Raises:
        ConfigError: a layer gives an archetype or a correlation pair twice, under two spellings.
    """
    pile = _Pile()
    for layer in layers:
        for path, value in _leaves(_in_one_spelling(layer)):
            pile.lay(path, value, layer.source)
    return Merged(pile.leaves, pile.removed)


class _Pile:
    """Layers that lie on each other; laying a leaf takes as long as its path, however many there are."""

    def __init__(self) -> None:
        self.leaves: dict[Path, tuple[Any, str]] = {}
        self.removed: dict[Path, str] = {}
        self._below: dict[Path, dict[Path, None]] = {}  # the leaves of each section, in order

    def lay(self, path: Path, value: Any, source: str) -> None:
        below = list(self._below.get(path, ()))
        if value == {} and below not in ([], [path]):
            return  # an empty section changes nothing in it
        takes_away = value is None and bool(below)
        above = [
            section for section in _prefixes(path) if section != path and section in self.leaves
        ]
        for leaf in [*above, *(leaf for leaf in below if takes_away or leaf != path)]:
            self._drop(leaf)
        for section in _prefixes(path):
            self.removed.pop(section, None)
        if takes_away:
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
    """Yield the sections that a key lies in, the outermost first, and the key itself."""
    yield ()
    for length in range(1, len(path) + 1):
        yield path[:length]


def nested(path: Path, value: Any) -> dict[str, Any]:
    """Return nested mappings that hold one value at a path.

    Args:
        path: keys from the top.
        value: the innermost value.

    Returns:
        One mapping a key.
    """
    values: dict[str, Any] = {}
    _put(values, path, value)
    return values


def _leaves(values: Mapping[str, Any], prefix: Path = ()) -> Iterator[tuple[Path, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*prefix, key))
        else:
            yield (*prefix, key), value


def _put(values: dict[str, Any], path: Path, value: Any) -> None:
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value


def _in_one_spelling(layer: Layer) -> Mapping[str, Any]:
    """Write archetypes and correlation pairs in the one way that lets layers override each other."""
    archetypes = layer.values.get("archetypes")
    if not isinstance(archetypes, Mapping):
        return layer.values
    full_names = _renamed(archetypes, lambda name: _ARCHETYPE_ALIASES.get(name, name), layer.source)
    return {
        **layer.values,
        "archetypes": {
            name: _sorted_pairs(value, layer.source) for name, value in full_names.items()
        },
    }


def _sorted_pairs(archetype: Any, source: str) -> Any:
    if not isinstance(archetype, Mapping) or not isinstance(archetype.get("correlation"), Mapping):
        return archetype
    pairs = _renamed(
        archetype["correlation"], lambda pair: "~".join(sorted(pair.split("~"))), source
    )
    return {**archetype, "correlation": pairs}


def _renamed(
    values: Mapping[str, Any], rename: Callable[[str], str], source: str
) -> dict[str, Any]:
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        if rename(name) in renamed:
            raise ConfigError(
                f"archetypes: expected {rename(name)!r} once, got it twice under two spellings ({source})"
            )
        renamed[rename(name)] = value
    return renamed

"""Configuration in layers: each layer overrides the one below it, key by key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Merged:
    """The outcome of merging layers.

    Args:
        leaves: value and source of each leaf, by path.
        removed: source of each null that took away what a lower layer had there, by path.
    """

    leaves: dict[Path, tuple[Any, str]]
    removed: dict[Path, str]

    @property
    def values(self) -> dict[str, Any]:
        """The values as nested plain data."""
        values: dict[str, Any] = {}
        for path, (value, _) in self.leaves.items():
            _put(values, path, value)
        return values

    def source_of(self, path: Path) -> str:
        """Return the layer that gave a key, or the first key below it, or took it away.

        Args:
            path: keys from the top.

        Returns:
            The layer's source, or the empty string where no layer names the key.
        """
        sources = {**{leaf: source for leaf, (_, source) in self.leaves.items()}, **self.removed}
        return next((source for leaf, source in sources.items() if leaf[: len(path)] == path), "")


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
    merged = Merged({}, {})
    for layer in layers:
        for path, value in _leaves(_in_one_spelling(layer)):
            _lay(merged, path, value, layer.source)
    return merged


def _lay(merged: Merged, path: Path, value: Any, source: str) -> None:
    below = [leaf for leaf in merged.leaves if leaf[: len(path)] == path]
    if value == {} and below not in ([], [path]):
        return  # an empty section changes nothing in it
    above = [leaf for leaf in merged.leaves if leaf == path[: len(leaf)] and leaf != path]
    takes_away = value is None and bool(below)
    for leaf in [*above, *(leaf for leaf in below if takes_away or leaf != path)]:
        del merged.leaves[leaf]
    for leaf in [leaf for leaf in merged.removed if leaf == path[: len(leaf)]]:
        del merged.removed[leaf]
    if takes_away:
        merged.removed[path] = source
    else:
        merged.leaves[path] = (value, source)


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
        "archetypes": {name: _sorted_pairs(value, layer.source) for name, value in full_names.items()},
    }


def _sorted_pairs(archetype: Any, source: str) -> Any:
    if not isinstance(archetype, Mapping) or not isinstance(archetype.get("correlation"), Mapping):
        return archetype
    pairs = _renamed(archetype["correlation"], lambda pair: "~".join(sorted(pair.split("~"))), source)
    return {**archetype, "correlation": pairs}


def _renamed(values: Mapping[str, Any], rename: Callable[[str], str], source: str) -> dict[str, Any]:
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        if rename(name) in renamed:
            raise ConfigError(
                f"archetypes: expected {rename(name)!r} once, got it twice under two spellings ({source})"
            )
        renamed[rename(name)] = value
    return renamed

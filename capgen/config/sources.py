"""Reads configuration from shipped presets, a file and flags."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from capgen.config.merging import KeySource, nested
from capgen.config.suggest import nearest
from capgen.config.yaml_text import parse_shipped_yaml, parse_yaml
from capgen.errors import ConfigError
from capgen.resources import resource_files, resource_folder

DEFAULT_PRESET = "default"
FILE_VARIABLE = "CAPACITY_FORECASTER_CONFIG"
_SIGNS = (",", "%", "#", "|", "@", "`")  # begin no value of one line in YAML, but may begin a text


def preset_names() -> list[str]:
    """Return the sorted names of the shipped presets."""
    presets = resource_files(resource_folder("config"), ".yaml")
    return [preset.name.removesuffix(".yaml") for preset in presets]


def preset_text(name: str) -> str:
    """Return the YAML text of a shipped preset, with its comments.

    Args:
        name: the preset's name.

    Raises:
        ConfigError: there is no such preset.
    """
    names = preset_names()
    if name not in names:
        raise ConfigError(
            f"preset: expected one of {', '.join(names)}, got {name[:60]!r}{nearest(name, names)}"
        )
    return (resource_folder("config") / f"{name}.yaml").read_text(encoding="utf-8")


def preset_sources(name: str) -> Iterator[KeySource]:
    """Yield the default preset, then the named one if it is another.

    Args:
        name: the preset's name.
    """
    yield from map(_preset_source, dict.fromkeys([DEFAULT_PRESET, name]))


@cache
def _preset_source(name: str) -> KeySource:
    """Return a shipped preset, which is read once: it takes longer than all the rest."""
    return KeySource(f"preset {name}", parse_shipped_yaml(preset_text(name)))


def file_source(path: Path) -> KeySource:
    """Return a configuration file as a source.

    Args:
        path: a YAML file that holds a mapping.

    Returns:
        The file's values, with its path as the name.

    Raises:
        ConfigError: the file is missing, unreadable, no YAML, or no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigError(f"{path}: expected a readable YAML file, got: {reason}") from None
    return KeySource(str(path), _beside(path, _mapping(text, str(path))))


def assignment_sources(assignments: Iterable[str]) -> Iterator[KeySource]:
    """Yield one source for each assignment, with its value read as YAML.

    Args:
        assignments: texts such as `calendar.eoq.peak=0.4`.

    Raises:
        ConfigError: a text has no `=` or an empty key.
    """
    for text in assignments:
        key, equals, value = text.partition("=")
        path = tuple(key.strip().split("."))
        if not equals or not all(path):
            raise ConfigError(
                f"--set: expected key.path=value such as calendar.eoq.peak=0.4, got {text[:60]!r}"
            )
        source = f"--set {key}"
        is_text = value.startswith(_SIGNS)
        yield KeySource(source, nested(path, value if is_text else parse_yaml(value, source)))


def _beside(path: Path, values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return values in which the file of a library is found from the folder of the file of them."""
    found: Any = values
    for key in ("layers", "library", "file"):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, str) or found.startswith("~"):
        return values
    layers = values["layers"]
    library = {**layers["library"], "file": str(path.parent / found)}
    return {**values, "layers": {**layers, "library": library}}


def _mapping(text: str, source: str) -> Mapping[str, Any]:
    values = parse_yaml(text, source)
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(
            f"{source}: expected a mapping of keys to values, got {type(values).__name__}"
        )
    return values

"""Writes a new archetype as text, with shares of the others that leave room for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pydantic import TypeAdapter, ValidationError

from capgen.config.loading import load_config
from capgen.config.shares import in_proportion
from capgen.errors import ConfigError
from capgen.settings.types import Name

_SHARE = 0.1
_LEFT_OUT = {"share"}


def archetype_text(name: str, preset: str) -> str:
    """Return a configuration file that adds an archetype to those of a preset.

    Args:
        name: name of the new archetype.
        preset: a shipped preset, whose first archetype gives the new one its values.

    Raises:
        ConfigError: the name is malformed or taken.
    """
    config = load_config(preset=preset, environment={})
    _check_name(name, list(config.archetypes))
    shares = {other: archetype.share for other, archetype in config.archetypes.items()}
    first, pattern = next(iter(config.archetypes.items()))
    values = pattern.model_dump(
        mode="json", exclude_none=True, exclude_defaults=True, exclude=_LEFT_OUT
    )
    others = in_proportion({**shares, name: _SHARE}, [name])
    return "\n".join(_lines(name, first, values, others)) + "\n"


def _check_name(name: str, taken: list[str]) -> None:
    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        raise ConfigError(
            "--archetype: expected lower-case letters, digits and _, such as cache, "
            f"got {name[:60]!r}"
        ) from None
    if name in taken:
        raise ConfigError(
            f"--archetype: expected a name other than {', '.join(taken)}, got {name!r}"
        )


def _lines(
    name: str, first: str, values: dict[str, Any], others: dict[str, float]
) -> Iterator[str]:
    yield f"# A new archetype with the values of {first}: change what makes it {name}."
    yield "archetypes:"
    yield f"  {name}:"
    yield f"    share: {_SHARE}"
    for key, value in values.items():
        yield f"    {key}: {_flow(value)}"
    yield "  # The others in proportion, so that all shares sum to 1."
    for other, share in others.items():
        yield f"  {other}: {{share: {share:g}}}"


def _flow(value: Any) -> str:
    """Write a value on one line, with as few quotes as possible."""
    if isinstance(value, dict):
        pairs = (f"{key}: {_flow(inner)}" for key, inner in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    return repr(value) if isinstance(value, float) and value % 1 else json.dumps(value)

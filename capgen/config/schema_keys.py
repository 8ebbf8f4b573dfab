"""The keys that the typed schema knows, found by following a path through its types."""

from __future__ import annotations

import types
import typing
from typing import Any

from pydantic import BaseModel

from capgen.config.merging import Path


def known_keys(model: type[BaseModel], path: Path) -> list[str]:
    """Return the keys that a section of the schema knows.

    Args:
        model: the schema's outermost section.
        path: keys from the top to the section.

    Returns:
        Field names; none if the path leads to no section.
    """
    current: Any = model
    for key in path:
        current = _inner(_type_at(current, key))
    return list(current.model_fields) if _is_section(current) else []


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _type_at(container: Any, key: str) -> Any:
    """Return the type of a section's field, of a mapping's values, or of a tuple's items."""
    if _is_section(container):
        return container.model_fields[key].annotation
    kinds = [kind for kind in typing.get_args(container) if kind is not Ellipsis]
    return kinds[-1] if kinds else None


def _inner(kind: Any) -> Any:
    """Strip `Annotated[…]` and `… | None` from a type."""
    origin = typing.get_origin(kind)
    if origin is typing.Annotated:
        return _inner(typing.get_args(kind)[0])
    if origin in (typing.Union, types.UnionType):
        return _inner(next(arm for arm in typing.get_args(kind) if arm is not type(None)))
    return kind

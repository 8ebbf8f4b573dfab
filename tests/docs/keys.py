"""The keys of the configuration, as tables made from its models, the presets and their comments."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from capgen.config.fields import ConfigFields
from capgen.layers import LAYERS
from capgen.resources import resource_folder
from tests.docs.comments import about_attributes, about_keys
from tests.docs.table import code, table
from tests.docs.takes import takes, unit

_NOTHING = object()
_OF_MANIFESTS = "holiday_days"  # a manifest has it, no user
_PARTS = ("The whole", "fleet", "calendar", "growth", "metrics", "archetypes", "layers", "storage")
_HEADS = ["key", "what", "takes", "unit", "default", "example"]


class Key(NamedTuple):
    """A key of the configuration.

    Args:
        path: dotted; `*` stands for any name, `[]` for the items of a list.
        annotation: what it takes.
        field: as the model has it.
        about: what the model says of it.
        section: the model of what lies below it, if any.
    """

    path: str
    annotation: Any
    field: FieldInfo
    about: str
    section: type[BaseModel] | None


def key_tables() -> str:
    """Return a table of keys for each part of a configuration."""
    keys = [key for key in keys_below(ConfigFields) if not key.path.startswith(_OF_MANIFESTS)]
    texts = []
    for part, members in groupby(sorted(keys, key=_part_number), key=_part):
        rows = [_row(key) for key in members]
        texts.append(f"### {part}\n\n{table(_HEADS, rows)}")
    return "\n\n".join(texts)


def keys_below(model: type[BaseModel], around: str = "") -> Iterator[Key]:
    """Yield the keys of a section and of those in it, in their order."""
    annotations = get_type_hints(model, include_extras=True)
    said = about_attributes(model)
    for name, field in model.model_fields.items():
        section, ending = _section_in(annotations[name])
        path = f"{around}{name}"
        yield Key(path, annotations[name], field, said.get(name, ""), section)
        if section:
            yield from keys_below(section, f"{path}{ending}.")


def _section_in(annotation: Any, ending: str = "") -> tuple[type[BaseModel] | None, str]:
    """Return the section that a key holds, and what its keys have between: `.*` or `[]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, ending
    ending = {dict: f"{ending}.*", tuple: f"{ending}[]"}.get(get_origin(annotation), ending)
    for inner in get_args(annotation):
        found = _section_in(inner, ending)
        if found[0]:
            return found
    return None, ending


def _part(key: Key) -> str:
    first = key.path.split(".")[0]
    return first if first in _PARTS else _PARTS[0]


def _part_number(key: Key) -> int:
    return _PARTS.index(_part(key))


def _row(key: Key) -> list[str]:
    return [
        code(key.path),
        key.about or about_keys().get(key.path) or _sentence(key.section),
        takes(key.annotation),
        unit(key.path),
        _default(key),
        _example(key),
    ]


def _sentence(section: type[BaseModel] | None) -> str:
    lines = ((section and section.__doc__) or "").splitlines()
    return lines[0] if lines else ""


def _default(key: Key) -> str:
    found = _find(_preset("default"), key.path.replace("[]", ".[]").split("."))
    if found is _NOTHING:
        found = key.field.get_default(call_default_factory=True)
    if key.field.is_required() and found is key.field.default:
        return "needed"
    if isinstance(found, BaseModel) or (key.section and found):
        return ""
    return code(_flow(found))


def _example(key: Key) -> str:
    parts = key.path.replace("[]", ".[]").split(".")
    if key.section:
        return ""
    default = _find(_preset("default"), parts)
    for document in (*_layer_examples(), _preset("realistic"), _preset("telemetry")):
        found = _find(document, parts)
        if found not in (_NOTHING, default):
            return code(_flow(found))
    return ""


def _find(document: Any, parts: list[str]) -> Any:
    """Return what stands at a path: of all names that `*` may be, the first that has it."""
    if not parts:
        return document
    first, *others = parts
    if first == "*" and isinstance(document, dict):
        found = (_find(value, others) for value in document.values())
        return next((value for value in found if value is not _NOTHING), _NOTHING)
    if first == "[]" and isinstance(document, list) and document:
        return _find(document[0], others)
    if isinstance(document, dict) and first in document:
        return _find(document[first], others)
    return _NOTHING


@cache
def _layer_examples() -> tuple[Any, ...]:
    return tuple(_examples())


def _examples() -> Iterator[Any]:
    for layer in LAYERS:
        if not layer.example:
            continue
        document = yaml.safe_load(layer.example)
        for name in reversed(layer.key.split(".")):
            document = {name: document}
        yield document


@cache
def _preset(name: str) -> Any:
    return yaml.safe_load((resource_folder("config") / f"{name}.yaml").read_text("utf-8"))


def _flow(value: Any) -> str:
    """Return a value as it is typed in a file, on one line."""
    plain = list(value) if isinstance(value, tuple) else value
    text = yaml.safe_dump(plain, default_flow_style=True, width=10_000, sort_keys=False)
    return text.removesuffix("\n...\n").strip()

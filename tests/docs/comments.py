"""What docstrings and the comments of the default preset say of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache

from pydantic import BaseModel

from capgen.layers import LAYERS
from capgen.resources import resource_folder

_KEY = re.compile(r"^(?P<indent> *)(?P<name>\w+):.*?(?:\s+# (?P<comment>.*))?$")
_ABOVE = re.compile(r"^ *# ?(?P<text>.*)$")
_ATTRIBUTE = re.compile(r"^ {8}(\w+): (.*(?:\n {12}.*)*)", re.MULTILINE)
_KEY_BELOW = re.compile(
    r"^  (\w+): (.*)"
)  # in the comment above a section, of a key that it may have
_CHOSEN = re.compile(r"^(archetypes|metrics)\.\w+")


def about_attributes(model: type[BaseModel]) -> dict[str, str]:
    """Return what a section's docstring says of its keys.

    Args:
        model: of the section.
    """
    _, _, attributes = (model.__doc__ or "").partition("Attributes:\n")
    return {name: " ".join(text.split()) for name, text in _ATTRIBUTE.findall(attributes)}


@cache
def about_keys() -> Mapping[str, str]:
    """Return what the comments of the default preset say, by path; `*` stands for chosen names."""
    said: dict[str, str] = {}
    for path, above, beside in _commented_keys():
        own, below = _apart(above)
        about = " ".join([*own, *([beside] if beside else [])])
        if about:
            said.setdefault(_CHOSEN.sub(r"\1.*", path), _without_examples(about))
        for name, lines in below.items():
            said[f"{path}.*.{name}"] = _without_examples(" ".join(lines))
    return said


def _commented_keys() -> Iterator[tuple[str, list[str], str]]:
    """Yield the path of each key, the lines of the comment above it, and the comment beside it."""
    around: list[tuple[int, str]] = []
    above: list[str] = []
    for line in (resource_folder("config") / "default.yaml").read_text("utf-8").splitlines():
        if comment := _ABOVE.match(line):
            above.append(comment["text"])
        elif key := _KEY.match(line):
            indent = len(key["indent"])
            around = [(depth, name) for depth, name in around if depth < indent]
            around.append((indent, key["name"]))
            yield ".".join(name for _, name in around), above, key["comment"] or ""
            above = []
        else:
            above = []


def _apart(above: list[str]) -> tuple[list[str], dict[str, list[str]]]:
    """Return what a comment says of the key below it, and of keys that its section may have."""
    own: list[str] = []
    below: dict[str, list[str]] = {}
    into = own
    for line in above:
        if key := _KEY_BELOW.match(line):
            into = below.setdefault(key[1], [])
            line = key[2]
        into.append(line.strip())
    return own, below


def _without_examples(text: str) -> str:
    for layer in LAYERS:
        text = text.replace(layer.example or "\0", "")
    return text.strip().removesuffix(":")

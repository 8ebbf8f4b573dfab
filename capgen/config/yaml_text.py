"""Reads YAML as plain data only: mappings, lists, text, numbers, booleans and null."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from capgen.errors import ConfigError

_DEEPEST_NESTING = 20
_LONGEST_TEXT = 1_000_000


class _PlainLoader(yaml.SafeLoader):
    """A loader without dates, aliases, tags or repeated keys."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="expected plain values, got an alias (*name)")
        self._depth += 1
        if self._depth > _DEEPEST_NESTING:
            raise yaml.MarkedYAMLError(
                problem=f"expected at most {_DEEPEST_NESTING} levels, got deeper nesting"
            )
        node = super().compose_node(parent, index)
        self._depth -= 1
        assert node is None or isinstance(node, yaml.Node)
        return node

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> str:
        text = str(super().construct_scalar(node))
        if not text.isprintable() and any("\ud800" <= character <= "\udfff" for character in text):
            raise yaml.MarkedYAMLError(
                problem="expected text, got half a character (a lone surrogate)"
            )
        return text

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: ARG002 - the base class has it
    ) -> dict[Hashable, Any]:
        mapping: dict[Hashable, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(problem=f"expected text as a key, got {key!r:.60}")
            if key in mapping:
                raise yaml.MarkedYAMLError(
                    problem=f"expected each key once, got {key[:60]!r} twice",
                    problem_mark=key_node.start_mark,
                )
            mapping[key] = self.construct_object(value_node, deep=True)
        return mapping


# Scalars as in YAML 1.2: NO is a country, and 010 is not octal. Dates stay text: a wrong one must
# not fail inside YAML.
_SCALARS = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?(0|[1-9][0-9_]*)", list("-+0123456789")),
    "float": (
        r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+"
        r"|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        list("-+.0123456789"),
    ),
}
_PlainLoader.yaml_implicit_resolvers = {}
for _name, (_pattern, _first) in _SCALARS.items():
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(rf"^(?:{_pattern})$"), _first
    )
# Libyaml, where it is present, takes a tenth of the time, but has other words for what is wrong.
_ShippedLoader: Any = type("_ShippedLoader", (getattr(yaml, "CSafeLoader", yaml.SafeLoader),), {})
_ShippedLoader.yaml_implicit_resolvers = _PlainLoader.yaml_implicit_resolvers
_PLAIN_TAGS = {
    f"tag:yaml.org,2002:{name}" for name in ("map", "seq", "str", "int", "float", "bool", "null")
}
_PlainLoader.yaml_constructors = {
    tag: constructor
    for tag, constructor in yaml.SafeLoader.yaml_constructors.items()
    if tag in _PLAIN_TAGS or tag is None
}


def parse_yaml(text: str, source: str) -> Any:
    """Return the plain data in a YAML text.

    Args:
        text: one YAML document.
        source: the source of the text, for error messages.

    Returns:
        Mappings with text keys, lists, text, numbers, booleans or None.

    Raises:
        ConfigError: the text is no YAML, too long or too deep, or has tags, aliases or repeated
            keys.
    """
    if len(text) > _LONGEST_TEXT:
        raise ConfigError(
            f"{source}: expected at most {_LONGEST_TEXT:,} characters of YAML, got {len(text):,}"
        )
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - it builds plain data
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigError(f"{source}: not readable as YAML: {_one_line(error)}") from None


def parse_shipped_yaml(text: str) -> Any:
    """Return the plain data in a YAML text that ships with capgen, so that nothing is wrong in it.

    Args:
        text: one YAML document.
    """
    return yaml.load(text, Loader=_ShippedLoader)  # noqa: S506 - safe, and our own text


def _one_line(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError):
        place = f" (line {error.problem_mark.line + 1})" if error.problem_mark else ""
        return f"{error.problem}{place}"
    return " ".join(str(error).split())

"""Texts of `capgen check` about its rules, and about the source of its expectation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from capgen.errors import RequestError

if TYPE_CHECKING:
    from capgen.quality.rule import Rule

_MOST_KEYS = 5


def rules_text(*, as_json: bool) -> str:
    """Return the names of all rules, and what each rule proves.

    Args:
        as_json: as a list with all that rules say.
    """
    from capgen.quality.rules import RULES

    if as_json:
        return json.dumps([_as_json(rule) for rule in RULES], indent=2)
    width = max(len(rule.name) for rule in RULES)
    return "\n".join(f"{rule.name:{width}}  {rule.proves}" for rule in RULES)


def rule_text(name: str, *, as_json: bool) -> str:
    """Return what a rule proves, and how.

    Args:
        name: the rule's name.
        as_json: as an object with all that it says.

    Raises:
        RequestError: there is no such rule.
    """
    from capgen.config.suggest import nearest
    from capgen.quality.rules import BY_NAME

    if name not in BY_NAME:
        hint = nearest(name, BY_NAME)
        raise RequestError(f"--explain: expected a rule, got {name!r}{hint}; --list names all")
    rule = BY_NAME[name]
    if as_json:
        return json.dumps(_as_json(rule), indent=2)
    return f"{rule.name}: {rule.proves}\nHow: {rule.how}\nMeasured and expected: {rule.figures}."


def _as_json(rule: Rule) -> dict[str, str]:
    return {
        "rule": rule.name,
        "proves": rule.proves,
        "how": rule.how,
        "figures": rule.figures,
    }


def expectation_text(file: Path) -> str:
    """Return the sources of an expectation's keys.

    Args:
        file: the configuration file that says what to expect.
    """
    from capgen.config import resolve

    leaves = resolve(file=file).merged.leaves
    keys: dict[str, list[str]] = {}
    for path, (_, source) in leaves.items():
        keys.setdefault(source, []).append(".".join(path))
    texts = [_said(source, names) for source, names in reversed(keys.items())]
    return f"Expected: {'; '.join(texts)}"


def _said(source: str, keys: list[str]) -> str:
    named = ", ".join(keys) if len(keys) <= _MOST_KEYS else f"{len(keys):,} keys"
    return f"{named} from {source}"

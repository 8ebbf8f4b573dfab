"""The rules of `check`, as a table."""

from __future__ import annotations

from capgen.quality.rules import RULES
from tests.docs.table import code, table


def rule_table() -> str:
    """Return what `check --explain` says of each rule."""
    rows = ([code(rule.name), rule.proves, rule.how, rule.figures] for rule in RULES)
    return table(["rule", "what it proves", "how", "its figures"], rows)

"""Puts rules that failed together under what made them fail, where the evidence says so.

The evidence is what `remade` and `metadata` found: which servers and columns are not as they were
made. A rule that failed belongs to such a fault where it failed for the fault's servers, or for
their archetypes, and for its columns. Nothing else is taken for a cause: what failed without such
evidence stands by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from capgen.quality.exact.remade.rule import REMADE
from capgen.quality.findings import Finding, Verdict
from capgen.quality.outcome import Cause
from capgen.quality.rules import BY_NAME

_STANDARD_ERRORS = "SE"
_WORDS = re.compile(r"[^\s,~:]+")


def causes_of(
    findings: Sequence[Finding], types: Mapping[str, str], columns: Iterable[str]
) -> list[Cause]:
    """Return what was found to be wrong, with the rules that failed because of it.

    Args:
        findings: the findings of all rules.
        types: the archetype of each server, by id.
        columns: the metrics' columns.
    """
    failed = [each for each in findings if each.verdict is Verdict.FAIL]
    known = frozenset(columns)
    faults = [each for each in failed if each.rule == REMADE.name and each.servers]
    others = [each for each in failed if each.rule != REMADE.name]
    causes = []
    for fault in faults:
        rules = [fault.rule, *(each.rule for each in others if _is_by(each, fault, types, known))]
        text = f"{fault.subject}: {fault.note}"
        causes.append(Cause(fault.servers, fault.columns, text, tuple(dict.fromkeys(rules))))
    return causes


def _is_by(
    finding: Finding, fault: Finding, types: Mapping[str, str], known: frozenset[str]
) -> bool:
    if finding.servers:
        return bool(set(finding.servers) & set(fault.servers))
    if not fault.columns:
        return BY_NAME[finding.rule].is_about_rows
    words = set(_WORDS.findall(finding.subject))
    columns = set(finding.columns) or (words & known)
    if columns:
        touches_columns = bool(columns & set(fault.columns))
    else:
        touches_columns = finding.unit == _STANDARD_ERRORS and bool(known & set(fault.columns))
    if not touches_columns:
        return False
    archetypes = words & set(types.values())
    return not archetypes or any(types.get(each) in archetypes for each in fault.servers)

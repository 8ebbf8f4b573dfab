"""Puts rules that failed together under what made them fail, where the evidence says so.

The evidence is what `remade` and `metadata` found: which servers and columns are not as they were made. A rule that
failed belongs to such a fault where it failed for the fault's servers, or for their archetypes, and for its columns.
Nothing else is taken for a cause: what failed without such evidence stands by itself.
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
    """Return what was found to be wrong, with the rules that failed by it.

    Args:
        findings: of all rules.
        types: the archetype of each server, by id.
        columns: of the metrics.
    """
    failed = [each for each in findings if each.verdict is Verdict.FAIL]
    known = frozenset(columns)
    faults = [each for each in failed if each.rule == REMADE.name and each.servers]
    others = [each for each in failed if each.rule != REMADE.name]
    return [
        Cause(
            fault.servers,
            fault.columns,
            f"{fault.subject}: {fault.note}",
            tuple(
                dict.fromkeys(
                    [
                        fault.rule,
                        *(each.rule for each in others if _is_by(each, fault, types, known)),
                    ]
                )
            ),
        )
        for fault in faults
    ]


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
    archetypes = words & set(types.values())
    return touches_columns and (
        not archetypes or any(types.get(each) in archetypes for each in fault.servers)
    )

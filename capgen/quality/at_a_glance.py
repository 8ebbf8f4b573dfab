"""A check at a glance: what a notebook shows of a report, whatever the number of its rules."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capgen.quality.findings import Report

_MOST_LINES = 16
_WIDEST = 100  # characters
_REST = "every measurement is in .rules"


def text_of(report: Report) -> str:
    """Return the outcome, and a line for each rule that did not pass, which fit a screen.

    Args:
        report: of a check.
    """
    width = max((len(name) for name, _, _ in _rows(report)), default=0)
    lines = [_cut(f"  {verdict:12}  {name:{width}}  {why}") for name, verdict, why in _rows(report)]
    return "\n".join([_heading(report), *lines, _REST])


def page_of(report: Report) -> str:
    """Return the same as HTML.

    Args:
        report: of a check.
    """
    rows = "".join(
        f"<tr><th>{escape(name)}</th><td>{verdict}</td><td>{escape(_cut(why))}</td></tr>"
        for name, verdict, why in _rows(report)
    )
    return f"<table><caption>{escape(_heading(report))}</caption>{rows}</table>"


def _heading(report: Report) -> str:
    outcome = "passed" if report.passed else "failed"
    return f"capgen check of {report.folder}: {outcome}, {report.summary}"


def _rows(report: Report) -> Iterator[tuple[str, str, str]]:
    """Yield rules that did not pass, those that failed first: their names, verdicts and reasons."""
    telling = [rule for rule in report.rules if rule.verdict != "pass"]
    in_order = sorted(telling, key=lambda rule: rule.verdict != "fail")
    for rule in in_order[:_MOST_LINES]:
        yield rule.name, str(rule.verdict), _why(rule.worst.subject, rule.worst.note)
    if len(in_order) > _MOST_LINES:
        yield "…", f"{len(in_order) - _MOST_LINES} more", ""


def _why(*parts: str) -> str:
    return " ".join(": ".join(part for part in parts if part).split())


def _cut(text: str) -> str:
    return text.rstrip() if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}…"

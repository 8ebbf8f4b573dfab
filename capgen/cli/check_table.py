"""Prints the report of `capgen check`: a table, and what failed and why."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import typer

from capgen.cli.tables import print_table, wide_console
from capgen.quality.findings import figure
from capgen.words import listed, plural

if TYPE_CHECKING:
    from rich.table import Table

    from capgen.quality.findings import Finding
    from capgen.quality.outcome import Outcome, Report

_COLOURS = {"pass": "green", "fail": "bold red", "not testable": "yellow"}
_MOST_CAUSES = 10
_WIDE = 140  # characters


def print_report(report: Report) -> None:
    """Print a report as a table, with what failed below it.

    Args:
        report: the outcome of a check.
    """
    console = wide_console()
    is_wide = console.width >= _WIDE
    if report.altered:
        typer.echo(f"{_altered(report)}\n")
    table = _table(report, is_wide=is_wide)
    if is_wide:
        console.print(table)
    else:
        print_table(table)
        _print_reasons(report)
    _print_causes(report)
    typer.echo("")
    if report.sample:
        typer.echo(report.sample.sentence)
    typer.echo(f"{report.folder}: {report.summary}")


def _table(report: Report, *, is_wide: bool) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False)
    for heading in ("rule", "verdict"):
        table.add_column(heading, no_wrap=True)
    for heading in ("measured", "expected", "off by"):
        table.add_column(heading, justify="right", no_wrap=True)
    if is_wide:
        table.add_column("what, where and why", overflow="fold")
    for rule in report.rules:
        worst = rule.worst
        verdict = Text(worst.verdict, style=_COLOURS[worst.verdict])
        remarks = [Text(_remark(rule))] if is_wide else []
        table.add_row(rule.name, verdict, *_cells(worst), *remarks)
    return table


def _print_reasons(report: Report) -> None:
    """Say below a narrow table what failed or could not be tested, and why."""
    for rule in report.rules:
        if rule.verdict != "pass":
            typer.echo(f"\n{rule.name}: {rule.verdict}: {_remark(rule)}")


def _altered(report: Report) -> str:
    named = listed(report.altered)
    return f"Not the files that the manifest names: {named}; capgen verify says how they differ."


def _print_causes(report: Report) -> None:
    """Say what made rules fail, and which rules failed without such a cause."""
    for cause in report.causes[:_MOST_CAUSES]:
        typer.echo(f"\n{cause.text}\n    fails {', '.join(cause.rules)}")
    more = len(report.causes) - _MOST_CAUSES
    if more > 0:
        typer.echo(f"\nand {more:,} more {plural(more, 'cause')}; --json has all")
    failed = [rule.name for rule in report.rules if rule.verdict == "fail"]
    explained = set(chain.from_iterable(cause.rules for cause in report.causes))
    rest = [name for name in failed if name not in explained]
    if report.causes and rest:
        typer.echo(f"\nFailed beside these: {', '.join(rest)}")


def _cells(finding: Finding) -> list[str]:
    return [figure(finding.measured), figure(finding.expected), _off_by(finding)]


def _off_by(finding: Finding) -> str:
    if finding.off is None or not finding.limit:
        return ""
    return f"{figure(finding.off)} of {figure(finding.limit)} {finding.unit}"


def _remark(rule: Outcome) -> str:
    from capgen.quality.rules import BY_NAME

    worst = rule.worst
    findings = len(rule.findings)
    where = f"{worst.subject} (of {findings})" if worst.subject and findings > 1 else worst.subject
    figures = BY_NAME[rule.name].figures if isinstance(worst.measured, float) else ""
    return ": ".join(part for part in (figures, where, worst.note) if part)

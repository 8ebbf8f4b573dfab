"""`capgen check`: checks that the data shows what was configured."""

import json
import math
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.check_text import expectation_text, rule_text, rules_text
from capgen.cli.stopping import gone_when_stopped
from capgen.cli.streams import outcome
from capgen.storage.location import locate
from capgen.system.paths import local_path

if TYPE_CHECKING:
    from rich.table import Table

    from capgen.quality.findings import Finding
    from capgen.quality.outcome import Outcome, Report

_COLOURS = {"pass": "green", "fail": "bold red", "not testable": "yellow"}

_MOST_NAMED = 3
_MOST_CAUSES = 10
_WIDE = 140  # characters
_WIDTH_OF_FILES = 300  # characters


def command(
    data: Annotated[
        Path | None,
        typer.Argument(
            metavar="DATA", help="Folder of a dataset.", show_default=False, parser=locate
        ),
    ] = None,
    config_file: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Configuration to expect; by default that of the manifest.",
            show_default=False,
            parser=local_path,
        ),
    ] = None,
    every_row: Annotated[
        bool,
        typer.Option(
            "--all", help="Let statistical rules look at all servers, even of a large panel."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every measurement as JSON.")
    ] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="List the rules, and what each rule proves.")
    ] = False,
    explained: Annotated[
        str | None,
        typer.Option(
            "--explain", metavar="RULE", help="Say what a rule proves, and how.", show_default=False
        ),
    ] = None,
) -> None:
    """Check that the data shows what was configured.

    Prints one line for each rule, with the measurement nearest to its limit. SE
    are standard errors. The exit code is 1 if a rule fails. A rule that needs
    more data than there is counts as not testable, which is not a failure.

    Exact rules look at every row. Statistical rules need about eight million
    rows: of a larger panel they look at some servers of each archetype, and at
    fewer still, even with --all, if layers make each server differ.

    [bold]Examples[/bold]

    capgen check data/

    capgen check elsewhere/ --config expected.yaml --json

    capgen check --explain remade
    """
    if listed or explained:
        typer.echo(rule_text(explained) if explained else rules_text())
        return
    if data is None:
        raise typer.BadParameter("expected the folder of a dataset, got none", param_hint="'DATA'")
    from capgen.quality.check import check
    from capgen.quality.sample import MOST_ROWS

    with gone_when_stopped():
        report = check(data, config_file, most_rows=None if every_row else MOST_ROWS)
    if config_file:
        typer.echo(expectation_text(config_file), err=True)
    with outcome(0 if report.passed else 1):
        if as_json:
            typer.echo(json.dumps(_as_json(report), indent=2, allow_nan=False))
        else:
            _print_table(report)


def _print_table(report: "Report") -> None:
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH_OF_FILES
    is_wide = console.width >= _WIDE
    if report.altered:
        typer.echo(f"{_altered(report)}\n")
    console.print(_table(report, is_wide=is_wide))
    if not is_wide:
        _print_reasons(report)
    _print_causes(report)
    typer.echo("")
    if report.sample:
        typer.echo(report.sample.sentence)
    typer.echo(f"{report.folder}: {report.summary}")


def _table(report: "Report", *, is_wide: bool) -> "Table":
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


def _print_reasons(report: "Report") -> None:
    """Say below a narrow table what failed or could not be tested, and why."""
    for rule in report.rules:
        if rule.verdict != "pass":
            typer.echo(f"\n{rule.name}: {rule.verdict}: {_remark(rule)}")


def _altered(report: "Report") -> str:
    named = ", ".join(report.altered[:_MOST_NAMED])
    if len(report.altered) > _MOST_NAMED:
        named += f" and {len(report.altered) - _MOST_NAMED:,} more"
    return f"Not the files that the manifest names: {named}; capgen verify says how they differ."


def _print_causes(report: "Report") -> None:
    """Say what made rules fail, and which rules failed without such a cause."""
    for cause in report.causes[:_MOST_CAUSES]:
        typer.echo(f"\n{cause.text}\n    fails {', '.join(cause.rules)}")
    if len(report.causes) > _MOST_CAUSES:
        typer.echo(f"\nand {len(report.causes) - _MOST_CAUSES:,} more causes; --json has all")
    failed = [rule.name for rule in report.rules if rule.verdict == "fail"]
    explained = set(chain.from_iterable(cause.rules for cause in report.causes))
    rest = [name for name in failed if name not in explained]
    if report.causes and rest:
        typer.echo(f"\nFailed beside these: {', '.join(rest)}")


def _cells(finding: "Finding") -> list[str]:
    return [_shown(finding.measured), _shown(finding.expected), _off_by(finding)]


def _off_by(finding: "Finding") -> str:
    if finding.off is None or not finding.limit:
        return ""
    return f"{_shown(finding.off)} of {_shown(finding.limit)} {finding.unit}"


def _shown(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:,.4g}"


def _remark(rule: "Outcome") -> str:
    from capgen.quality.rules import BY_NAME

    worst = rule.worst
    findings = len(rule.findings)
    where = f"{worst.subject} (of {findings})" if worst.subject and findings > 1 else worst.subject
    figures = BY_NAME[rule.name].figures if isinstance(worst.measured, float) else ""
    return ": ".join(part for part in (figures, where, worst.note) if part)


def _as_json(report: "Report") -> dict[str, Any]:
    from dataclasses import asdict

    rules = []
    for rule in report.rules:
        findings = [_finding_as_json(finding) for finding in rule.findings]
        rules.append({"rule": rule.name, "verdict": rule.verdict, "findings": findings})
    return {
        "folder": report.folder,
        "passed": report.passed,
        "sample": report.sample and asdict(report.sample),
        "rules": rules,
        "causes": [asdict(cause) for cause in report.causes],
        "altered": list(report.altered),
    }


def _finding_as_json(finding: "Finding") -> dict[str, Any]:
    from dataclasses import asdict

    return {key: _finite(value) for key, value in asdict(finding).items()}


def _finite(value: Any) -> Any:
    """Replace infinity by the largest float: JSON has no infinity."""
    is_infinite = isinstance(value, float) and math.isinf(value)
    return math.copysign(1.7e308, value) if is_infinite else value

"""`capgen check`: proves that what was configured is really in the data."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.check_text import expectation_text, rule_text, rules_text
from capgen.cli.stopping import gone_when_stopped
from capgen.cli.streams import outcome
from capgen.storage.location import locate
from capgen.system.paths import local_path

if TYPE_CHECKING:
    from capgen.quality.findings import Finding
    from capgen.quality.outcome import Outcome, Report

_COLOURS = {"pass": "green", "fail": "bold red", "not testable": "yellow"}
_NUMBERS = ("measured", "expected", "off by")
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
            help="What to expect; the manifest says it without.",
            show_default=False,
            parser=local_path,
        ),
    ] = None,
    every_row: Annotated[
        bool,
        typer.Option(
            "--all", help="Let the statistical rules look at all servers of a large panel, too."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every measurement as JSON.")
    ] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="List the rules and what each proves.")
    ] = False,
    explained: Annotated[
        str | None,
        typer.Option(
            "--explain", metavar="RULE", help="Say what a rule proves, and how.", show_default=False
        ),
    ] = None,
) -> None:
    """Check that what was configured is really in the data.

    One line a rule, with the measurement that came nearest to its limit. SE are standard errors. Exit code 1 when a
    rule fails; a rule that the data is too short or too small for is not testable, and fails nothing.

    Exact rules look at every row. The statistical ones need no more than some eight million rows: of a larger panel
    they look at some servers of each archetype, and at fewer yet, --all or not, where layers make each server differ.

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
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not console.is_terminal:
        console.width = _WIDTH_OF_FILES
    is_wide = console.width >= _WIDE
    if report.altered:
        typer.echo(f"{_altered(report)}\n")
    table = Table(box=None, pad_edge=False)
    for heading, side in (
        ("rule", "left"),
        ("verdict", "left"),
        *((each, "right") for each in _NUMBERS),
    ):
        table.add_column(heading, justify=side, no_wrap=True)  # type: ignore[arg-type]
    if is_wide:
        table.add_column("what, where and why", overflow="fold")
    for rule in report.rules:
        worst = rule.worst
        verdict = Text(worst.verdict, style=_COLOURS[worst.verdict])
        table.add_row(
            rule.name, verdict, *_cells(worst), *([Text(_remark(rule))] if is_wide else [])
        )
    console.print(table)
    if not is_wide:
        _print_reasons(report)
    _print_causes(report)
    typer.echo("")
    if report.sample:
        typer.echo(report.sample.sentence)
    typer.echo(f"{report.folder}: {report.summary}")


def _print_reasons(report: "Report") -> None:
    """Say below a table that is too narrow for it what failed or could not be tested, and why."""
    for rule in report.rules:
        if rule.verdict != "pass":
            typer.echo(f"\n{rule.name}: {rule.verdict}: {_remark(rule)}")


def _altered(report: "Report") -> str:
    named = ", ".join(report.altered[:_MOST_NAMED])
    more = (
        f" and {len(report.altered) - _MOST_NAMED:,} more"
        if len(report.altered) > _MOST_NAMED
        else ""
    )
    return (
        f"Not the files that the manifest names: {named}{more}; capgen verify says how they differ."
    )


def _print_causes(report: "Report") -> None:
    """Say what made rules fail, and which failed without such a cause."""
    for cause in report.causes[:_MOST_CAUSES]:
        typer.echo(f"\n{cause.text}\n    fails {', '.join(cause.rules)}")
    if len(report.causes) > _MOST_CAUSES:
        typer.echo(f"\nand {len(report.causes) - _MOST_CAUSES:,} more causes; --json has all")
    explained = {rule for cause in report.causes for rule in cause.rules}
    rest = [
        rule.name for rule in report.rules if rule.verdict == "fail" and rule.name not in explained
    ]
    if report.causes and rest:
        typer.echo(f"\nFailed beside these: {', '.join(rest)}")


def _cells(finding: "Finding") -> list[str]:
    off = (
        ""
        if finding.off is None or finding.limit is None or not finding.limit
        else _off_by(finding)
    )
    return [_shown(finding.measured), _shown(finding.expected), off]


def _off_by(finding: "Finding") -> str:
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
        findings = [
            {key: _finite(value) for key, value in asdict(each).items()} for each in rule.findings
        ]
        rules.append({"rule": rule.name, "verdict": rule.verdict, "findings": findings})
    sample = report.sample and asdict(report.sample)
    causes = [asdict(each) for each in report.causes]
    said = {"folder": report.folder, "passed": report.passed, "sample": sample, "rules": rules}
    return {**said, "causes": causes, "altered": list(report.altered)}


def _finite(value: Any) -> Any:
    """JSON has no infinity: the largest float stands for it."""
    return (
        math.copysign(1.7e308, value) if isinstance(value, float) and math.isinf(value) else value
    )

"""`capgen check`: proves that what was configured is really in the data."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.streams import outcome
from capgen.dataset.location import locate
from capgen.system.paths import local_path

if TYPE_CHECKING:
    from capgen.quality.findings import Finding, Report, Rule

_COLOURS = {"pass": "green", "fail": "bold red", "not testable": "yellow"}
_NUMBERS = ("measured", "expected", "off by")
_WIDE, _WIDTH_OF_FILES = 140, 300  # characters


def command(
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="Folder of a dataset.", show_default=False, parser=locate)
    ],
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
        bool, typer.Option("--all", help="Let the statistical rules look at all servers of a large panel, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every measurement as JSON.")] = False,
) -> None:
    """Check that what was configured is really in the data.

    One line a rule, with the measurement that came nearest to its limit. SE are standard errors. Exit code 1 when a
    rule fails; a rule that the data is too short or too small for is not testable, and fails nothing.

    Exact rules look at every row. The statistical ones need no more than some eight million rows: of a larger panel
    they look at some servers of each archetype, and at fewer yet, --all or not, where layers make each server differ.

    [bold]Examples[/bold]

    capgen check data/

    capgen check elsewhere/ --config expected.yaml --json
    """
    from capgen.quality.check import check
    from capgen.quality.sample import MOST_ROWS

    report = check(data, config_file, most_rows=None if every_row else MOST_ROWS)
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
    table = Table(box=None, pad_edge=False)
    for heading, side in (("rule", "left"), ("verdict", "left"), *((each, "right") for each in _NUMBERS)):
        table.add_column(heading, justify=side, no_wrap=True)  # type: ignore[arg-type]
    if is_wide:
        table.add_column("what, where and why", overflow="fold")
    for rule in report.rules:
        worst = rule.worst
        verdict = Text(worst.verdict, style=_COLOURS[worst.verdict])
        table.add_row(rule.name, verdict, *_cells(worst), *([Text(_remark(rule))] if is_wide else []))
    console.print(table)
    if not is_wide:
        _print_reasons(report)
    typer.echo("")
    if report.sample:
        typer.echo(report.sample.sentence)
    typer.echo(f"{report.folder}: {report.summary}")


def _print_reasons(report: "Report") -> None:
    """Say below a table that is too narrow for it what failed or could not be tested, and why."""
    for rule in report.rules:
        if rule.verdict != "pass":
            typer.echo(f"\n{rule.name}: {rule.verdict}: {_remark(rule)}")


def _cells(finding: "Finding") -> list[str]:
    off = "" if finding.off is None or finding.limit is None or not finding.limit else _off_by(finding)
    return [_shown(finding.measured), _shown(finding.expected), off]


def _off_by(finding: "Finding") -> str:
    return f"{_shown(finding.off)} of {_shown(finding.limit)} {finding.unit}"


def _shown(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:,.4g}"


def _remark(rule: "Rule") -> str:
    worst, findings = rule.worst, len(rule.findings)
    where = f"{worst.subject} (of {findings})" if worst.subject and findings > 1 else worst.subject
    return ": ".join(part for part in (where, worst.note) if part)


def _as_json(report: "Report") -> dict[str, Any]:
    from dataclasses import asdict

    rules = []
    for rule in report.rules:
        findings = [{key: _finite(value) for key, value in asdict(each).items()} for each in rule.findings]
        rules.append({"rule": rule.name, "verdict": rule.verdict, "findings": findings})
    sample = report.sample and asdict(report.sample)
    return {"folder": report.folder, "passed": report.passed, "sample": sample, "rules": rules}


def _finite(value: Any) -> Any:
    """JSON has no infinity: the largest float stands for it."""
    return math.copysign(1.7e308, value) if isinstance(value, float) and math.isinf(value) else value

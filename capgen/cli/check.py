"""`capgen check`: checks that the data shows what was configured."""

import json
import math
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.check_table import print_report
from capgen.cli.check_text import expectation_text, rule_text, rules_text
from capgen.cli.quantities import duration, share
from capgen.cli.stopping import gone_when_stopped
from capgen.cli.streams import outcome
from capgen.storage.location import locate
from capgen.system.paths import local_path

if TYPE_CHECKING:
    from capgen.quality.findings import Finding
    from capgen.quality.outcome import Report


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
    max_missing: Annotated[
        float | None,
        typer.Option(
            "--max-missing",
            metavar="SHARE",
            help="Of telemetry: missing values of a metric that pass; by default 5%.",
            show_default=False,
            parser=share,
        ),
    ] = None,
    max_gap: Annotated[
        timedelta | None,
        typer.Option(
            "--max-gap",
            metavar="TIME",
            help="Of telemetry: time without values of a server that passes; by default 7d.",
            show_default=False,
            parser=duration,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every measurement as JSON, or what rules say.")
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
    """Check that the data shows what was configured, or that telemetry can be relied on.

    Prints one line for each rule, with the measurement nearest to its limit. SE
    are standard errors. The exit code is 1 if a rule fails. A rule that needs
    more data than there is counts as not testable, which is not a failure.

    Exact rules look at every row. Statistical rules need about eight million
    rows: of a larger panel they look at some servers of each archetype, and at
    fewer still, even with --all, if layers make each server differ.

    Telemetry has no configuration: its rules compare servers with their peers,
    values with their units, and rows with the calendar.

    [bold]Examples[/bold]

    capgen check data/

    capgen check elsewhere/ --config expected.yaml --json

    capgen check telemetry/ --max-missing 10% --max-gap 36h

    capgen check --explain remade
    """
    if explained:
        typer.echo(rule_text(explained, as_json=as_json))
        return
    if listed:
        typer.echo(rules_text(as_json=as_json))
        return
    if data is None:
        raise typer.BadParameter("expected the folder of a dataset, got none", param_hint="'DATA'")
    from capgen.quality.check import check
    from capgen.quality.sample import MOST_ROWS

    rows = None if every_row else MOST_ROWS
    with gone_when_stopped():
        report = check(data, config_file, most_rows=rows, max_missing=max_missing, max_gap=max_gap)
    if config_file:
        typer.echo(expectation_text(config_file), err=True)
    with outcome(0 if report.passed else 1):
        if as_json:
            typer.echo(json.dumps(_as_json(report), indent=2, allow_nan=False))
        else:
            print_report(report)


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

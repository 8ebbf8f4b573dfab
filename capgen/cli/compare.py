"""`capgen compare`: says how alike panels are, beside how alike they could be."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.moments import day
from capgen.cli.quantities import ratio
from capgen.cli.streams import outcome
from capgen.storage.location import locate

if TYPE_CHECKING:
    from capgen.twins.compare.comparison import Comparison


def command(
    reference: Annotated[
        str,
        typer.Argument(
            metavar="REFERENCE", help="Folder of the data to be like.", show_default=False
        ),
    ],
    candidates: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="CANDIDATE…", help="Folders of data to lay beside it.", show_default=False
        ),
    ] = None,
    holdout: Annotated[
        str | None,
        typer.Option(
            "--holdout",
            metavar="DATA",
            help="Other real data that makes the floor, in place of the reference's halves.",
            show_default=False,
        ),
    ] = None,
    since: Annotated[
        date | None,
        typer.Option("--from", metavar="DAY", help="First day.", show_default=False, parser=day),
    ] = None,
    until: Annotated[
        date | None,
        typer.Option("--until", metavar="DAY", help="Last day.", show_default=False, parser=day),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="STEP",
            help="Roll all of them up: daily, hourly or minutes such as 15min.",
            show_default=False,
        ),
    ] = None,
    rivals: Annotated[
        bool,
        typer.Option("--rivals", help="Add what copies get: day and week blocks drawn anew."),
    ] = False,
    limit: Annotated[
        float | None,
        typer.Option(
            "--limit",
            metavar="RATIO",
            help="Exit with 1 if a candidate's ratio is above it, or it copies.",
            show_default=False,
            parser=ratio,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Folder for a page and a picture.",
            show_default=False,
            parser=locate,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an existing page and picture.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every figure as JSON.")] = False,
) -> None:
    r"""Say how alike panels are to a reference, beside how alike they could be.

    Builds, rollups and telemetry are compared over as many whole days of each.
    Every measure has a floor: what the reference's own other half gets, in both
    directions, or the holdout. The ratio is value over floor; 1 is as alike as
    real data is to itself. "others" is what other real servers get.

    The last line of each candidate is the geometric mean of its ratios. What is
    copied from real data is told beside it: blocks of the reference score well
    there, too. scikit-learn makes the classifier stronger: pip install
    "capgen\[compare]". --out writes comparison.html and comparison.png: for each
    metric distributions, memory, the week, correlations, and a few servers.

    [bold]Examples[/bold]

    capgen compare telemetry/ twin/ --limit 1.5

    capgen compare telemetry/ twin/ other-twin/ --holdout later/ --rivals --json
    """
    from capgen.cli.compare_table import print_comparison
    from capgen.twins.compare.setting import Setting

    places = None
    if out is not None:
        from capgen.report.beside import comparison_places

        places = comparison_places(out, overwrite=overwrite)
    setting = Setting.of(reference, candidates or [], holdout, since, until, to)
    found = setting.comparison(is_with_rivals=rivals)
    if places is not None:
        from capgen.report.beside import write_comparison

        write_comparison(found, setting.panels, places)
    with outcome(0 if found.passes(limit) else 1):
        if as_json:
            typer.echo(json.dumps(_as_json(found, limit), indent=2, allow_nan=False))
        else:
            print_comparison(found, limit)


def _as_json(found: "Comparison", limit: float | None) -> dict[str, object]:
    return {**found.as_json(), "limit": limit, "passed": found.passes(limit)}

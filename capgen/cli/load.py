"""`capgen load`: turns exports of a monitoring system into telemetry."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from capgen.cli.progress import count_progress
from capgen.cli.stopping import gone_when_stopped
from capgen.cli.streams import outcome
from capgen.cli.text import byte_size, note
from capgen.storage.location import from_here, locate
from capgen.words import counted

if TYPE_CHECKING:
    from capgen.telemetry.load import LoadResult


def _print_list(wanted: bool) -> None:
    if wanted:
        from capgen.telemetry.listing import known_forms

        for name, says in known_forms():
            typer.echo(f"{name:22} {says}")
        raise typer.Exit


def command(
    exports: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="EXPORT...",
            help="Files, or folders of them; by default those that the mapping names.",
            show_default=False,
            parser=locate,
        ),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME|FILE",
            help="A reader, a shipped mapping, or a mapping of yours (.yaml); --list shows all. "
            "By default what recognises the exports.",
            show_default=False,
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="STEP",
            help="Resample to daily, hourly, 15min …: P95 of raw samples, else the same statistic. "
            "By default samples are kept at their own step.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FOLDER", help="New or empty folder.", parser=locate),
    ] = Path("telemetry"),
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="A key of the mapping, such as time.zone=Europe/Berlin; may be repeated.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the account only; write nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as JSON.")] = False,
    _list: Annotated[
        bool,
        typer.Option(
            "--list",
            callback=_print_list,
            is_eager=True,
            help="Print the readers and the shipped mappings.",
        ),
    ] = False,
) -> None:
    """Load exports of a monitoring system: read, mended in the open, published whole.

    The account says what was found, repaired and guessed. Gaps stay gaps:
    nothing is interpolated. A P95 is made of raw samples only.

    [bold]Examples[/bold]

    capgen load exports/*.csv --as mapping.yaml --to hourly --out telemetry/

    capgen load history.csv --as zabbix-history --dry-run
    """
    from capgen.telemetry.load import Listener, load

    with gone_when_stopped(), count_progress("sample", "mended") as on_samples:
        result = load(
            exports or [],
            None if dry_run else out,
            mapping=form,
            to=to,
            settings=settings or [],
            listener=Listener(note, on_samples),
        )
    with outcome():
        _tell(result, as_json=as_json)


def _tell(result: "LoadResult", *, as_json: bool) -> None:
    if as_json:
        lines = [line.model_dump() for line in result.account]
        typer.echo(json.dumps({**asdict(result), "account": lines}, default=str))
        return
    for line in result.account:
        typer.echo(
            " ".join(filter(None, [f"{line.name}:", _subject(line.about, line.count), line.says]))
        )
    facts = [
        f"{counted(result.rows, 'row')}, {result.granularity}",
        counted(result.servers, "server"),
        ", ".join(result.metrics),
        f"{counted(result.samples, 'sample')} in {result.seconds:.1f} s",
    ]
    if result.out is None:
        typer.echo(f"Would load: {', '.join(facts)}")
    else:
        files = f"{counted(result.files, 'file')}, {byte_size(result.bytes)}"
        typer.echo(f"Loaded {from_here(result.out)}: {', '.join([*facts, files])}")


def _subject(about: str, count: int) -> str:
    return " ".join(filter(None, [about and f"{about}:", f"{count:,}" if count else ""]))

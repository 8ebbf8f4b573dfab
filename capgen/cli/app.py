"""The `capgen` command: its sub-commands, and how it reports failures."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from capgen.cli.commands import Group
from capgen.errors import CapgenError, StoppedError
from capgen.system.process import address_space_limit
from capgen.system.processors import processors
from capgen.version import __version__

# Polars reads this when it is imported. Each arena keeps its freed memory; with one arena the peak
# of a build is what it needs at one time, and memory is used again (tests/bench/build_cost.py).
_ONE_ARENA = ("_RJEM_MALLOC_CONF", "narenas:1,dirty_decay_ms:500,muzzy_decay_ms:0")
# Pydantic would look into every installed package for plugins.
_NO_PLUGINS = ("PYDANTIC_DISABLE_PLUGINS", "__all__")
# NumPy starts a thread for each other processor, which would wait busily for its first work.
_IDLE_THREADS = ("OPENBLAS_THREAD_TIMEOUT", "4")  # as a power of 2, in cycles; the least
# Addresses in kB that libraries reserve, but hardly use, for a process and for the threads of each
# processor. With fewer, a library ends the process with an obscure message. Small panels on two
# processors took 2,870,000.
_RESERVED = 2_700_000
_RESERVED_BY_PROCESSOR = 150_000

app = typer.Typer(
    name="capgen",
    cls=Group,
    help=(
        "Build realistic server-capacity telemetry: servers × timestamps as Parquet, "
        "the same to the bit every time."
    ),
    epilog="Start with: capgen build --servers 120 --out data/",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"capgen {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
    else:
        _check_address_space()


def _check_address_space() -> None:
    """Refuse a run that a library would abort half-way without a reason."""
    needed = _RESERVED + _RESERVED_BY_PROCESSOR * processors()
    limit = address_space_limit()
    if limit is not None and limit // 1024 < needed:
        raise CapgenError(
            f"ulimit -v: expected at least {needed} kB of addresses for {processors()} processors, "
            f"got {limit // 1024}; raise it, or limit memory with --memory or a control group"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: the words after the program's name; by default those of the process.

    Returns:
        The exit code: 0 for success, 1 if the data or the run failed, 2 if the request was wrong.
    """
    _prepare()
    try:
        return _exit_code(app(args=arguments, prog_name="capgen", standalone_mode=False))
    except CapgenError as error:
        return _fail(str(error), error.exit_code)
    except typer.TyperException as error:
        message = error.format_message().replace("Value error, ", "")
        # Without a message, Typer has shown the help.
        return _fail(f"{message.rstrip('.?')}; try --help", error.exit_code) if message else 0
    except SystemExit:  # from Typer, when the reader of a pipe, such as head, has seen enough
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _fail(f"{place}{error.strerror or error}", CapgenError.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("interrupted", StoppedError.exit_code)


def _prepare() -> None:
    """Set up what libraries read when they are imported, and what is printed."""
    for variable in (_ONE_ARENA, _NO_PLUGINS, _IDLE_THREADS):
        os.environ.setdefault(*variable)
    for stream in (sys.stdout, sys.stderr):  # a folder's name may have bytes that are no text
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _exit_code(outcome: object) -> int:
    if outcome == StoppedError.exit_code:  # from Typer, which says nothing about Ctrl-C
        raise KeyboardInterrupt
    return outcome if isinstance(outcome, int) else 0


def _fail(message: str, exit_code: int) -> int:
    label = typer.style("error:", fg="red", bold=True) if _is_coloured() else "error:"
    print(label, " ".join(message.split()), file=sys.stderr)
    return exit_code


def _is_coloured() -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return sys.stderr.isatty()

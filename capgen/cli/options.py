"""The options of a configuration, shared by all commands that need one."""

import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from capgen.cli.run_options import positive_whole_number
from capgen.cli.text import note
from capgen.errors import RequestError
from capgen.system.paths import local_path

# Typer reads the annotations here, so they are real objects. Slow imports wait for a command's run.
if TYPE_CHECKING:
    from capgen.config import Config, Resolved
    from capgen.config.merging import KeySource

_PANEL = "Configuration"
_PRESETS = (
    "Shipped preset below the file: default (independent noise, servers of a type alike), "
    "telemetry (each server has its own level, 1 % missing, outliers) or realistic (hourly; noise "
    "that remembers, states, incidents, servers that differ)."
)


def _option(*names: str, **details: Any) -> Any:
    return typer.Option(*names, rich_help_panel=_PANEL, show_default=False, **details)


# Flags for the most used keys; --set reaches all others.
_KEY_FLAGS = {
    "num_servers": "--servers",
    "start_date": "--start-date",
    "end_date": "--end-date",
    "granularity": "--granularity",
    "seed": "--seed",
    "truth": "--truth",
}


def _config_options(
    config_file: Annotated[
        Path | None,
        _option(
            "--config", metavar="FILE", help="YAML file with the keys to change.", parser=local_path
        ),
    ] = None,
    preset: Annotated[str | None, _option("--preset", metavar="NAME", help=_PRESETS)] = None,
    origin: Annotated[
        str | None,
        _option(
            "--from",
            metavar="DATA",
            help=(
                "Start from the configuration of a dataset or a manifest.json, "
                "in place of all above and of CF_DATA_… variables."
            ),
        ),
    ] = None,
    num_servers: Annotated[
        str | None, _option("--servers", metavar="N", help="Servers in the fleet.")
    ] = None,
    start_date: Annotated[
        str | None,
        _option(
            "--start-date",
            metavar="DAY",
            help="First day: YYYY-MM-DD, or relative to today, such as -90d.",
        ),
    ] = None,
    end_date: Annotated[
        str | None,
        _option("--end-date", metavar="DAY", help="Last day, inclusive; also today, yesterday."),
    ] = None,
    years: Annotated[
        int | None,
        _option(
            "--years",
            metavar="N",
            help="Whole years, in place of --end-date.",
            parser=positive_whole_number,
        ),
    ] = None,
    granularity: Annotated[
        str | None,
        _option("--granularity", metavar="STEP", help="daily, hourly, 15min, 5min, 1min …"),
    ] = None,
    seed: Annotated[
        str | None, _option("--seed", metavar="N", help="Same seed, same bits.")
    ] = None,
    truth: Annotated[
        bool,
        _option(
            "--truth",
            help="Add columns with the truth: expected values, spikes, outliers, events.",
        ),
    ] = False,
    assignments: Annotated[
        list[str] | None,
        _option(
            "--set",
            metavar="KEY=VALUE",
            help="Any other key, such as calendar.eoq.peak=0.4; may be repeated.",
        ),
    ] = None,
) -> "Resolved":
    """Load the configuration that the options describe."""
    from capgen.config import resolve
    from capgen.config.sources import assignment_sources

    if years is not None and end_date is not None:
        raise RequestError("--years and --end-date: expected one of the two, got both")
    given = {
        "num_servers": num_servers,
        "start_date": start_date,
        "end_date": end_date,
        "granularity": granularity,
        "seed": seed,
        "truth": "true" if truth else None,
    }
    flags = [*_flag_sources(given), *assignment_sources(assignments or [])]
    if origin is not None:
        return _from_origin(origin, flags, years, {"--config": config_file, "--preset": preset})
    return resolve(file=config_file, preset=preset, flags=flags, years=years)


def _from_origin(
    origin: str, flags: "list[KeySource]", years: int | None, others: dict[str, object]
) -> "Resolved":
    from capgen.dataset.manifest import read_origin
    from capgen.storage.location import locate

    conflicts = [name for name, value in others.items() if value is not None]
    if conflicts:
        raise RequestError(
            f"--from: expected no {conflicts[0]} beside it; --set and the flags change single keys"
        )
    resolved = read_origin(locate(origin)).resolve(flags, years)
    return replace(resolved, origin=origin)


def _flag_sources(given: dict[str, str | None]) -> "Iterator[KeySource]":
    from capgen.config.merging import KeySource
    from capgen.config.yaml_text import parse_yaml

    for key, value in given.items():
        if value is not None:
            flag = _KEY_FLAGS[key]
            yield KeySource(flag, {key: parse_yaml(value, flag)})


def looked_at(
    data: Path | None, name: str, resolved: "Resolved", context: typer.Context
) -> "Path | Config":
    """Return what a command looks at: a dataset, or without one the configuration's panel.

    Args:
        data: the dataset's folder, if one is given.
        name: of the argument or option that gives it.
        resolved: the configuration.
        context: the context of the running command, which takes a configuration.

    Raises:
        RequestError: options of a configuration are given beside a dataset.
    """
    if data is None:
        return resolved.config
    names = inspect.signature(_config_options).parameters
    options = [option for option in context.command.params if option.name in names]
    given = [option.opts[0] for option in options if context.params.get(str(option.name))]
    if given:
        raise RequestError(
            f"{name}: a dataset has its own configuration; leave out {', '.join(given)}"
        )
    return data


def takes_config(
    command: Callable[..., None], config_file: Any = None, without: Collection[str] = ()
) -> Callable[..., None]:
    """Give a command the options that make up a configuration.

    Args:
        command: a function of the resolved configuration and its own options.
        config_file: annotation of the configuration file, if the command does not take it by
            --config.
        without: parameters that the command has options of its own in place of.

    Returns:
        A command for Typer with both sets of options.
    """
    every = inspect.signature(_config_options).parameters
    shared = {name: option for name, option in every.items() if name not in without}
    if config_file is not None:
        shared["config_file"] = shared["config_file"].replace(annotation=config_file)
    own = list(inspect.signature(command).parameters.values())[1:]

    @wraps(command)
    def with_options(**options: Any) -> None:
        from capgen.cli.notes import notes_of

        resolved = _config_options(**{name: options.pop(name) for name in shared})
        for line in notes_of(resolved.config):
            note(line)
        command(resolved, **options)

    keyword = inspect.Parameter.KEYWORD_ONLY
    options = [option.replace(kind=keyword) for option in [*own, *shared.values()]]
    with_options.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
    with_options.__annotations__ = {option.name: option.annotation for option in options}
    return with_options

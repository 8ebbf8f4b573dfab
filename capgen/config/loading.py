"""Loads a configuration: flag over environment over file over defaults."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from capgen.config import sources
from capgen.config.environment import environment_layers
from capgen.config.every_problem import every_problem
from capgen.config.merging import Layer, Merged, merge
from capgen.config.model import Config
from capgen.config.problems import shortened
from capgen.config.relative_days import with_dates
from capgen.config.request_rules import request_problems
from capgen.errors import ConfigError
from capgen.system.paths import local_path


@dataclass(frozen=True, slots=True)
class Resolved:
    """A valid configuration and where each of its values came from.

    Args:
        config: the configuration.
        merged: its values as given, with the source of each leaf.
        origin: the dataset, or the manifest, that it was taken from; None where it was not.
    """

    config: Config
    merged: Merged
    origin: str | None = None


def load_config(
    file: str | os.PathLike[str] | None = None,
    *,
    preset: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Config:
    """Load and check a configuration.

    Args:
        file: a YAML file; without one, the file that `CAPACITY_FORECASTER_CONFIG` names, if any.
        preset: a shipped preset that lies below the file; `default` without one.
        overrides: nested values that win over everything else, such as `{"seed": 7}`.
        environment: variables to read; `os.environ` without one.

    Returns:
        A valid, frozen configuration.

    Raises:
        ConfigError: names every key that is unknown or has a wrong value, and where it came from.
    """
    layers = [Layer("overrides", overrides)] if overrides else []
    return resolve(file=file, preset=preset, environment=environment, flags=layers).config


def resolve(
    *,
    file: str | os.PathLike[str] | None = None,
    preset: str | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Iterable[Layer] = (),
    years: int | None = None,
    base: Layer | None = None,
) -> Resolved:
    """Load and check a configuration, and keep where each value came from.

    Args:
        file: as in `load_config`.
        preset: as in `load_config`.
        environment: as in `load_config`.
        flags: layers on top of all others.
        years: length of the window, in place of `end_date`.
        base: a whole configuration to start from, in place of preset, file and environment.

    Returns:
        The configuration with its sources.

    Raises:
        ConfigError: as in `load_config`.
    """
    variables = os.environ if environment is None else environment
    layers = [base] if base else list(_layers(file, preset, variables))
    if base is None:
        layers += environment_layers(variables, merge(layers).values)
    layers += flags
    merged = with_dates(merge(layers))
    if years is not None:
        end = Layer("--years", {"end_date": _end_after(merged.values.get("start_date"), years)})
        merged = with_dates(merge([*layers, end]))
    try:
        text = json.dumps(merged.values, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"configuration: expected plain values, got {error}") from None
    try:
        config = Config.model_validate_json(text)
    except ValidationError as error:
        defaults = merge(sources.preset_layers(sources.DEFAULT_PRESET)).values
        raise ConfigError(*every_problem(error, merged, defaults)) from None
    problems = [] if base else list(request_problems(config))
    if problems:
        raise ConfigError(*shortened(problems))
    return Resolved(config, merged)


def _layers(
    file: str | os.PathLike[str] | None, preset: str | None, environment: Mapping[str, str]
) -> Iterator[Layer]:
    yield from sources.preset_layers(preset or sources.DEFAULT_PRESET)
    chosen = file or environment.get(sources.FILE_VARIABLE)
    if chosen:
        yield sources.file_layer(local_path(chosen))


def _end_after(start: Any, years: int) -> str:
    """Return the last day of a window of whole years."""
    try:
        first = date.fromisoformat(start)
        return str(date(first.year + years, first.month, 1) + timedelta(days=first.day - 2))
    except (TypeError, ValueError, OverflowError):
        return f"{years} years after {start!r}"  # no day; the schema says what is wrong

"""Loads a configuration: flag over environment over file over defaults."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import ValidationError

from capgen.config.environment import environment_sources
from capgen.config.every_problem import every_problem
from capgen.config.merging import KeySource, Merged, merge
from capgen.config.model import Config
from capgen.config.problems import shortened
from capgen.config.relative_days import with_dates
from capgen.config.request_rules import request_problems
from capgen.config.sources import DEFAULT_PRESET, FILE_VARIABLE, file_source, preset_sources
from capgen.errors import ConfigError
from capgen.system.paths import StrPath, local_path


@dataclass(frozen=True, slots=True)
class Resolved:
    """A configuration and the source of each of its values.

    Args:
        config: the typed configuration.
        merged: the values as given, with the source of each leaf.
        origin: the dataset or manifest that the configuration was read from, if any.
    """

    config: Config
    merged: Merged
    origin: str | None = None


def load_config(
    file: StrPath | None = None,
    *,
    preset: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Config:
    """Load and check a configuration.

    Args:
        file: a YAML file; by default the file that `CAPACITY_FORECASTER_CONFIG` names, if any.
        preset: the shipped preset that the file changes; by default `default`.
        overrides: nested values that win over everything else, such as `{"seed": 7}`.
        environment: variables to read; by default `os.environ`.

    Returns:
        A checked, frozen configuration.

    Raises:
        ConfigError: keys are unknown or have wrong values; the message names each with its source.
    """
    flags = [KeySource("overrides", overrides)] if overrides else []
    return resolve(file=file, preset=preset, environment=environment, flags=flags).config


def resolve(
    *,
    file: StrPath | None = None,
    preset: str | None = None,
    environment: Mapping[str, str] | None = None,
    flags: Iterable[KeySource] = (),
    years: int | None = None,
    base: KeySource | None = None,
) -> Resolved:
    """Load and check a configuration, and keep the source of each value.

    Args:
        file: as in `load_config`.
        preset: as in `load_config`.
        environment: as in `load_config`.
        flags: sources that win over all others.
        years: length of the window, in place of `end_date`.
        base: a complete configuration to start from, in place of preset, file and environment.

    Returns:
        The configuration with its sources.

    Raises:
        ConfigError: as in `load_config`.
    """
    variables = os.environ if environment is None else environment
    sources = [base] if base else _sources(file, preset, variables)
    sources += flags
    merged = with_dates(merge(sources))
    if years is not None:
        end = KeySource("--years", {"end_date": _end_after(merged.values.get("start_date"), years)})
        merged = with_dates(merge([*sources, end]))
    config = _checked(merged)
    problems = [] if base else list(request_problems(config))
    if problems:
        raise ConfigError(*shortened(problems))
    return Resolved(config, merged)


def _sources(
    file: StrPath | None, preset: str | None, environment: Mapping[str, str]
) -> list[KeySource]:
    """Return the sources that flags win over: presets, the file, the environment."""
    sources = list(preset_sources(preset or DEFAULT_PRESET))
    chosen = file or environment.get(FILE_VARIABLE)
    if chosen:
        sources.append(file_source(local_path(chosen)))
    return [*sources, *environment_sources(environment, sources)]


def _checked(merged: Merged) -> Config:
    """Check merged values with the typed schema."""
    try:
        text = json.dumps(merged.values, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError(f"configuration: expected plain values, got {error}") from None
    try:
        return Config.model_validate_json(text)
    except ValidationError as error:
        defaults = merge(preset_sources(DEFAULT_PRESET)).values
        raise ConfigError(*every_problem(error, merged, defaults)) from None


def _end_after(start: Any, years: int) -> str:
    """Return the last day of a window of whole years."""
    try:
        first = date.fromisoformat(start)
        return str(date(first.year + years, first.month, 1) + timedelta(days=first.day - 2))
    except (TypeError, ValueError, OverflowError):
        return f"{years} years after {start!r}"  # not a day: the schema says what is wrong

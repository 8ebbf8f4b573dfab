"""Rules that tie the layers to the rest of a configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from capgen.config.dynamics_rules import unknown_names
from capgen.config.event_rules import event_problems
from capgen.draws.correlation import correlation_matrix
from capgen.timeline.holiday_library import calendar_problem

if TYPE_CHECKING:
    from capgen.config.layers import Holidays, LocalTime, ServerLife, ServerOffset
    from capgen.config.model import Config


def layer_problems(config: Config) -> Iterator[str]:
    """Yield what is wrong with the layers.

    Args:
        config: a configuration whose keys are each valid on their own.
    """
    layers = config.layers
    yield from unknown_names("layers.annual_season", layers.annual_season or (), config.drawn_metrics)
    yield from unknown_names("layers.outliers", layers.outliers or (), config.metrics)
    yield from unknown_names("layers.missing.share", layers.missing.share if layers.missing else (), config.metrics)
    yield from _season_problems(config)
    if layers.server_offset:
        yield from _offset_problems(layers.server_offset, config)
    if layers.local_time:
        yield from _local_time_problems(layers.local_time, config)
    if layers.server_life:
        yield from _resize_problems(layers.server_life, config)
    yield from event_problems(config)


def holiday_problems(section: str, wanted: Holidays) -> Iterator[str]:
    """Yield what is wrong with a holiday calendar.

    Args:
        section: its path.
        wanted: the calendar.
    """
    problem = calendar_problem(wanted)
    if problem:
        yield f"{section}: {problem}"


def _season_problems(config: Config) -> Iterator[str]:
    for key, waves in (config.layers.annual_season or {}).items():
        total = sum(wave.amplitude for wave in waves)
        if total > 1:
            yield f"layers.annual_season.{key}: expected amplitudes that sum to at most 1, got a sum of {total:g}"


def _offset_problems(offset: ServerOffset, config: Config) -> Iterator[str]:
    yield from unknown_names("layers.server_offset.sd", offset.sd, config.drawn_metrics)
    try:
        correlation_matrix(offset.correlation, config.drawn_metrics, repair=False)
    except ValueError as error:
        yield f"layers.server_offset.correlation: {error}"


def _local_time_problems(local: LocalTime, config: Config) -> Iterator[str]:
    for section, regions in (("zones", local.zones), ("holidays", local.holidays)):
        yield from unknown_names(f"layers.local_time.{section}", regions, config.fleet.region)
    for region, wanted in local.holidays.items():
        yield from holiday_problems(f"layers.local_time.holidays.{region}", wanted)


def _resize_problems(life: ServerLife, config: Config) -> Iterator[str]:
    if life.resize:
        yield from unknown_names("layers.server_life.resize.metric", [life.resize.metric], config.drawn_metrics)
        yield from unknown_names("layers.server_life.resize.metrics", life.resize.metrics, config.drawn_metrics)

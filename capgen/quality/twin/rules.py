"""The statistical rules for panels with dynamics: each archetype beside its twin, and what all of them say together.

What this compares with is the generator, whose parameters are proved by tests of their own, not a closed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from capgen.config import Config
from capgen.panel.fleet import server_frame
from capgen.panel.frame import Panel, open_panel
from capgen.quality.closed_form.effects import never_finding
from capgen.quality.expected.calendars import Calendars
from capgen.quality.expected.effects import effects_of
from capgen.quality.findings import Finding
from capgen.quality.sample import evenly_spread
from capgen.quality.source import Source
from capgen.quality.statistics import Statistic
from capgen.quality.twin.apart import archetypes_apart
from capgen.quality.twin.contrast import Contrast, added, pooled
from capgen.quality.twin.movement import Movement
from capgen.quality.twin.periods import cut_periods, memory_hours
from capgen.quality.twin.rates import rate_contrasts
from capgen.quality.twin.shared import kinship, shared_contrasts
from capgen.quality.twin.slopes import Levels
from capgen.quality.twin.states import truth_contrasts
from capgen.quality.twin.twin import read_twins, twin_config

_CELLS_AT_ONCE = 600_000  # of an archetype: some 400 MB while they are looked at
_ENOUGH = 40  # servers, or periods of them
_ALL_METRICS = ", all metrics"


def servers_looked_at(config: Config, most_rows: int | None) -> dict[str, pl.DataFrame]:
    """Return the server frames of those servers that are looked at, by archetype.

    Args:
        config: a valid configuration.
        most_rows: of all archetypes together, at the most; None for no other limit than what memory sets.
    """
    steps = config.axis.span.size
    by_type = server_frame(config).partition_by("server_type", as_dict=True, maintain_order=True)
    rows = min(_CELLS_AT_ONCE, (most_rows or _CELLS_AT_ONCE * len(by_type)) // len(by_type))
    most = max(rows // steps, 1)
    return {str(name): evenly_spread(servers, most) for (name,), servers in by_type.items()}


def dynamic_statistics(
    source: Source, servers: dict[str, pl.DataFrame], calendars: Calendars, good: frozenset[str]
) -> Iterator[Statistic | Finding]:
    """Yield all measurements.

    Args:
        source: an open dataset.
        servers: to look at, by archetype.
        calendars: from `hourly_calendars`.
        good: columns that can be read.
    """
    shared = kinship(source.config, pl.concat(servers.values()))
    measured: list[Contrast] = []
    with open_panel(twin_config(source.config)) as panel:
        for name, frame in servers.items():
            for each in _of_archetype(source, panel, name, frame, calendars, good):
                if isinstance(each, Contrast):
                    measured.append(each)
                else:
                    yield each
    measured += _of_all_archetypes(measured)
    yield from (each.statistic(shared) for each in measured)
    yield from archetypes_apart(list(servers), measured, shared)
    rules = {each.rule for each in measured}
    yield from (never_finding(effect) for effect in effects_of(source.config) if effect not in rules)


def _of_archetype(
    source: Source, panel: Panel, name: str, servers: pl.DataFrame, calendars: Calendars, good: frozenset[str]
) -> Iterator[Contrast | Finding]:
    config, memory = source.config, memory_hours(source.config, name)
    twins = read_twins(source, panel, name, servers)
    periods = cut_periods(config, -(-_ENOUGH // servers.height), memory)
    levels = Levels(config, calendars, twins, periods)
    means = levels.means()
    slopes = list(levels.contrasts(means))
    yield from slopes
    yield from _of_all_metrics(name, slopes)
    movement = Movement.of(config, twins, periods, means)
    yield from movement.contrasts()
    yield from rate_contrasts(movement)
    yield from shared_contrasts(movement, cut_periods(config, _ENOUGH, memory))
    if config.truth and good >= set(config.columns):
        yield from truth_contrasts(source, calendars, twins, periods)


def _of_all_metrics(name: str, slopes: Sequence[Contrast]) -> Iterator[Contrast]:
    for rule in dict.fromkeys(each.rule for each in slopes):
        of_rule = [each for each in slopes if each.rule == rule]
        if len(of_rule) > 1:
            yield added(f"{name}{_ALL_METRICS}", of_rule)


def _of_all_archetypes(measured: Sequence[Contrast]) -> Iterator[Contrast]:
    summed = [each for each in measured if each.subject.endswith(_ALL_METRICS)]
    for rule in dict.fromkeys(each.rule for each in summed):
        of_rule = [each for each in summed if each.rule == rule]
        if len(of_rule) > 1:
            yield pooled(rule, "all archetypes and metrics", of_rule)

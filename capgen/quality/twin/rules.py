"""The statistical rules for panels with dynamics: each archetype beside its twin, then all of them.

They compare with the generator, whose parameters tests of their own prove, not with a closed form.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from capgen.panel.frame import Panel, panel_of
from capgen.quality.closed_form.apart import ARCHETYPES_DIFFER
from capgen.quality.closed_form.correlation import CORRELATION
from capgen.quality.closed_form.effects import EFFECT_RULES, never_finding
from capgen.quality.closed_form.level import LEVEL, SPREAD
from capgen.quality.closed_form.outliers import OUTLIER_RATE
from capgen.quality.closed_form.scheduled import SCHEDULED_SPIKES
from capgen.quality.closed_form.spikes import SPIKE_RATE
from capgen.quality.evidence.evidence import Evidence
from capgen.quality.exact.labels import EVENTS
from capgen.quality.expected.effects import effects_of
from capgen.quality.findings import Finding
from capgen.quality.rule import Measurement
from capgen.quality.statistics import Statistic
from capgen.quality.twin.apart import archetypes_apart
from capgen.quality.twin.contrast import Contrast, added, pooled
from capgen.quality.twin.movement import AUTOCORRELATION, TAILS, Movement
from capgen.quality.twin.other_draws import twin_config
from capgen.quality.twin.periods import cut_periods, memory_hours
from capgen.quality.twin.rates import rate_contrasts
from capgen.quality.twin.shared import SHARED_MOVEMENT, kinship, shared_contrasts
from capgen.quality.twin.slopes import Levels
from capgen.quality.twin.states import DWELL, OCCUPANCY, truth_contrasts
from capgen.quality.twin.twin import read_twins

_ENOUGH = 40  # servers, or periods of them
_ALL_METRICS = ", all metrics"


def twin_findings(evidence: Evidence) -> Iterator[Statistic | Finding]:
    """Yield all that the panel beside its twin says.

    Each archetype is looked at once, for all rules together: its cells are not kept in memory.

    Args:
        evidence: the dataset's evidence.
    """
    config = evidence.config
    servers = evidence.beside_twins
    shared = kinship(config, pl.concat(servers.values(), how="diagonal"))
    measured: list[Contrast] = []
    panel = panel_of(twin_config(config))
    for name in servers:
        for found in _of_archetype(evidence, panel, name):
            if isinstance(found, Contrast):
                measured.append(found)
            else:
                yield found
    measured += _of_all_archetypes(measured)
    yield from (each.statistic(shared) for each in measured)
    yield from archetypes_apart(list(servers), measured, shared)
    rules = {each.rule for each in measured}
    yield from (never_finding(effect) for effect in effects_of(config) if effect.name not in rules)


def _of_archetype(evidence: Evidence, panel: Panel, name: str) -> Iterator[Contrast | Finding]:
    config = evidence.config
    servers = evidence.beside_twins[name]
    memory = memory_hours(config, name)
    twins = read_twins(evidence.source, panel, name, servers)
    periods = cut_periods(config, -(-_ENOUGH // servers.height), memory)
    levels = Levels(config, evidence.calendars, twins, periods)
    means = levels.means()
    slopes = list(levels.contrasts(means))
    yield from slopes
    yield from _of_all_metrics(name, slopes)
    movement = Movement.of(config, twins, periods, means)
    yield from movement.contrasts()
    yield from rate_contrasts(movement)
    yield from shared_contrasts(movement, cut_periods(config, _ENOUGH, memory))
    if config.truth and evidence.has_all_columns():
        yield from truth_contrasts(evidence.source, evidence.calendars, twins, periods)


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


MEASUREMENT = Measurement(
    (
        *EFFECT_RULES,
        EVENTS,
        SCHEDULED_SPIKES,
        LEVEL,
        SPREAD,
        CORRELATION,
        SPIKE_RATE,
        OUTLIER_RATE,
        TAILS,
        AUTOCORRELATION,
        OCCUPANCY,
        DWELL,
        SHARED_MOVEMENT,
        ARCHETYPES_DIFFER,
    ),
    twin_findings,
    needs=Evidence.has_twin,
    is_test=True,
)

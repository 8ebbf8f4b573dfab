"""Rules that tie noise parts, states and spread to the rest of a configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from capgen.config.noise_parts import noise_parts
from capgen.draws.correlation import correlation_matrix

if TYPE_CHECKING:
    from capgen.config.dynamics import Regimes, State
    from capgen.config.model import Archetype, Config

_MOST_SD = 100  # of what is proportional to its level, against that level


def dynamics_problems(name: str, archetype: Archetype, config: Config) -> Iterator[str]:
    """Yield what is wrong with how an archetype's servers move.

    Args:
        name: of the archetype.
        archetype: its correlation is possible.
        config: a configuration whose keys are each valid on their own.
    """
    section, drawn = f"archetypes.{name}", config.drawn_metrics
    for part_name, part in archetype.noise_parts.items():
        here = f"{section}.noise_parts.{part_name}"
        yield from unknown_names(f"{here}.share", part.share, drawn)
        for pair in part.correlation:
            if set(pair.split("~")) & set(drawn) - set(part.share):
                yield f"{here}.correlation.{pair}: expected two metrics that have a share in the part"
    yield from _noise_problems(f"{section}.noise_parts", archetype, archetype.correlation, config)
    if archetype.regimes:
        yield from _regime_problems(f"{section}.regimes", archetype, archetype.regimes, config)
    yield from _spread_problems(section, archetype, config)
    yield from _shape_problems(section, archetype, config)


def spread_parameters(archetype: Archetype, drawn: Sequence[str]) -> list[str]:
    """Return the parameters of an archetype that may differ between its servers.

    Args:
        archetype: any.
        drawn: keys of the metrics that have noise.
    """
    of_metrics = [f"{section}.{key}" for section in ("base", "sd") for key in drawn]
    factors = ["business_hours_factor", "weekend_factor", "growth_percent_per_month"]
    return [*of_metrics, *factors, "spike.probability", "spike.magnitude", *_state_parameters(archetype)]


def _state_parameters(archetype: Archetype) -> Iterator[str]:
    for name, state in (archetype.regimes.states if archetype.regimes else {}).items():
        yield f"regimes.states.{name}.stickiness"
        for section, values in (("level", state.level), ("spread", state.spread)):
            for key in values:
                yield f"regimes.states.{name}.{section}.{key}"


def _spread_problems(section: str, archetype: Archetype, config: Config) -> Iterator[str]:
    yield from unknown_names(f"{section}.spread", archetype.spread, spread_parameters(archetype, config.drawn_metrics))
    for factor in ("business_hours_factor", "weekend_factor"):
        if archetype.profile and factor in archetype.spread:
            yield f"{section}.spread.{factor}: expected none beside a profile, which has a spread of its own"


def _shape_problems(section: str, archetype: Archetype, config: Config) -> Iterator[str]:
    for key in config.drawn_metrics:
        shape, base, sd = config.metrics[key].shape, archetype.base.get(key, 1.0), archetype.sd.get(key, 0.0)
        if shape != "normal" and base <= 0:
            yield f"{section}.base.{key}: expected more than 0 for a metric with shape {shape}, got {base:g}"
        elif shape != "normal" and sd > _MOST_SD * base:
            yield f"{section}.sd.{key}: expected at most {_MOST_SD} × base for a metric with shape {shape}, got {sd:g}"


def _noise_problems(
    section: str, archetype: Archetype, correlation: Mapping[str, float], config: Config
) -> Iterator[str]:
    try:
        target = correlation_matrix(correlation, config.drawn_metrics, repair=config.repair_correlation)
        noise_parts(archetype.noise_parts, target, config.drawn_metrics)
    except ValueError as error:
        yield f"{section}: {error}"


def _regime_problems(section: str, archetype: Archetype, regimes: Regimes, config: Config) -> Iterator[str]:
    drawn, states = config.drawn_metrics, regimes.states
    for name, state in states.items():
        here = f"{section}.states.{name}"
        for key, values in (("level", state.level), ("spread", state.spread), ("quantiles", state.quantiles)):
            yield from unknown_names(f"{here}.{key}", values, drawn)
        for key in state.quantiles:
            if key in config.metrics and config.metrics[key].shape == "normal":
                yield f"{here}.quantiles.{key}: expected a metric whose shape is lognormal or quantiles, got normal"
        if state.correlation is not None:
            yield from _noise_problems(f"{here}.correlation", archetype, state.correlation, config)
    hours = [(kind, hour) for kind in ("weekday", "weekend") for hour in range(24)]
    empty = [each for each in hours if sum(weight(state, *each) for state in states.values()) <= 0]
    if empty:
        kind, hour = empty[0]
        yield f"{section}.states: expected a chance above 0 for at least one state at {hour}:00 on a {kind}"


def weight(state: State, kind: str, hour: int) -> float:
    """Return the weight of a state.

    Args:
        state: as configured.
        kind: of day: weekday or weekend.
        hour: of the day.
    """
    chances = state.chances
    weights = chances.weekday if kind == "weekday" or chances.weekend is None else chances.weekend
    return weights if isinstance(weights, (int, float)) else weights[hour]


def unknown_names(section: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """Yield a problem for each name that is not known.

    Args:
        section: its path.
        names: as configured.
        known: those that could be there.
    """
    for name in names:
        if name not in known:
            yield f"{section}: expected one of {', '.join(known)}, got {name!r}"

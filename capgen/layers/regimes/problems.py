"""What may be wrong with states and kinds of day: days and hours that nothing fills, odd curves."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterator

from capgen.layers.regimes.chances import WEEK, chances_on, day_weights, weight
from capgen.layers.regimes.settings import Regimes
from capgen.settings.names import unknown_names
from capgen.timeline.epoch import HOURS_PER_DAY

_DAYS = (*calendar.day_name, "holidays")


def curve_problems(path: str, settings: Regimes, drawn: Collection[str]) -> Iterator[str]:
    """Yield curves of unknown metrics, and those that only some states have.

    Args:
        path: where the states are configured.
        settings: an archetype's regimes.
        drawn: keys of the metrics that have noise of their own.
    """
    keys = {key for state in settings.states.values() for key in state.curve or {}}
    for name, state in settings.states.items():
        here = f"{path}.{name}"
        yield from unknown_names(f"{here}.curve", state.curve or {}, drawn)
        for key in sorted(keys - (state.curve or {}).keys()):
            yield f"{here}.curve.{key}: expected a curve, as other states have one, got none"
        for key in sorted(keys & state.quantiles.keys()):
            yield f"{here}.quantiles.{key}: expected none beside curve, which stands in for them"


def empty_days(path: str, settings: Regimes) -> Iterator[str]:
    """Yield days of the week, or holidays, without any kind of day.

    Args:
        path: where the kinds of day are configured.
        settings: an archetype's regimes.
    """
    kinds = (settings.kinds or {}).values()
    for name, kind in (settings.kinds or {}).items():
        if settings.has_holidays and kind.holiday is None:
            yield f"{path}.{name}.holiday: expected a weight, as other kinds have one, got none"
    weights = [day_weights(kind, has_holidays=settings.has_holidays) for kind in kinds]
    for day, of_kinds in zip(_DAYS, zip(*weights, strict=True), strict=False):
        if sum(of_kinds) <= 0:
            yield f"{path}: expected a chance above 0 for at least one kind of day on {day}"


def empty_hours(path: str, settings: Regimes) -> Iterator[str]:
    """Yield the first hour without any state.

    Args:
        path: where the states are configured.
        settings: an archetype's regimes.
    """
    for kind in settings.kind_names:
        of_states = [chances_on(state, kind) for state in settings.states.values()]
        for week in WEEK:
            for hour in range(HOURS_PER_DAY):
                if sum(weight(chances, week, hour) for chances in of_states) <= 0:
                    of_kind = f" of kind {kind}" if kind else ""
                    yield (
                        f"{path}: expected a chance above 0 for at least one state "
                        f"at {hour}:00 on a {week}{of_kind}"
                    )
                    return

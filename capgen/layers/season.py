"""The season inside states: what the hour of the day adds to the score of a metric's noise."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np
from pydantic import Field

from capgen.draws.arrays import Floats
from capgen.layers.curves import Season
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.regimes.drawing import hours_shown
from capgen.layers.scope import Scope
from capgen.settings.names import unknown_names
from capgen.settings.types import Frozen, Name, Probability, Section

_WEEKDAYS = 5
_WEEKEND = 2
Shift = Annotated[float, Field(ge=-5, le=5)]
HourShifts = Annotated[tuple[Shift, ...], Field(min_length=24, max_length=24)]


class Shifts(Section):
    """What each hour adds to a score, in its standard deviations.

    Attributes:
        weekday: Monday to Friday.
        weekend: Saturday and Sunday; null: as on weekdays.
    """

    weekday: HourShifts
    weekend: HourShifts | None = None


class MetricSeason(Shifts):
    """The season of a metric, which may differ between states.

    Attributes:
        weekday: Monday to Friday.
        weekend: Saturday and Sunday; null: as on weekdays.
        states: what each hour adds in some states, in place of what it adds in others.
        noise_scale: factor on the noise; null: what leaves the score's variance at 1.
    """

    states: Frozen[Name, Shifts] | None = None
    noise_scale: Probability | None = None


Seasons = Mapping[str, MetricSeason]  # by metric


class SeasonLayer(Layer[Seasons]):
    """Hours that move values while their distribution stays."""

    name = "season"
    key = "archetypes.*.season"
    example = (
        "{mem: {weekday: [0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, "
        "0.5, 0, 0, 0, 0, 0, 0]}}"
    )
    has_closed_form = False

    def problems(self, settings: Seasons, known: Known) -> Iterator[str]:
        """Yield unknown metrics and states, and seasons that leave no room for noise."""
        yield from unknown_names(known.path, settings, known.drawn)
        states = known.kind.regimes.states if known.kind.regimes else {}
        for key, season in settings.items():
            path = f"{known.path}.{key}"
            yield from unknown_names(f"{path}.states", season.states or {}, states)
            if season.noise_scale is not None:
                continue
            if season.states:
                yield f"{path}.noise_scale: expected a factor where states have their own season"
            elif (variance := _variance(season)) > 1:
                yield (
                    f"{path}: expected a mean square of at most 1 over the week, got "
                    f"{variance:.3g}; lower the shifts, or give noise_scale"
                )

    def season(self, settings: Seasons, scope: Scope) -> Season:
        """Return the tables of the archetype."""
        regimes = scope.kind.settings.regimes
        states = list(regimes.states) if regimes else [""]
        scales = {}
        shifts = {}
        for key, season in settings.items():
            of_states = season.states or {}
            rows = [_hours(of_states.get(state, season)) for state in states]
            shifts[key] = np.array([rows if of_states else rows[:1]])
            scales[key] = np.array([[_noise_scale(season)]])
        return Season(hours_shown(scope), shifts, scales)


def _hours(shifts: Shifts) -> list[float]:
    return [*shifts.weekday, *(shifts.weekend or shifts.weekday)]


def _variance(season: MetricSeason) -> float:
    """Return the mean square over a week."""
    weekday, weekend = np.split(np.array(_hours(season)) ** 2, 2)
    of_week: Floats = (_WEEKDAYS * weekday + _WEEKEND * weekend) / (_WEEKDAYS + _WEEKEND)
    return float(of_week.mean())


def _noise_scale(season: MetricSeason) -> float:
    if season.noise_scale is not None:
        return season.noise_scale
    return math.sqrt(1 - _variance(season))

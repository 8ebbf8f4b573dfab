"""Effects that change the mean of a server's values: calendar, growth, layers, states, events.

As in `capgen.quality.closed_form.effects`, d is how far the expected values are apart with an
effect and without it; here it is a weight and no more. Σ d (data − twin) is 0 on average where both
have the effect, and −Σ d² where the data lacks it. Metrics whose noise grows with their level are
compared by their logarithms, so that few high values do not decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.quality.closed_form.scheduled import SCHEDULED_SPIKES
from capgen.quality.exact.labels import EVENTS
from capgen.quality.expected.buckets import bucket_of_steps
from capgen.quality.expected.calendars import Calendars
from capgen.quality.expected.effects import EFFECTS
from capgen.quality.expected.expectation import Expectation
from capgen.quality.twin.contrast import Both, Contrast
from capgen.quality.twin.periods import Periods
from capgen.quality.twin.twin import Twins
from capgen.settings.metric import scale_of, source_of

_SMALLEST_EFFECT = 1e-9  # relative to the mean
_ADDING_UP = {effect.name for effect in EFFECTS if effect.adds_up}


@dataclass(frozen=True, slots=True)
class Levels:
    """What is expected of some servers on average, step by step.

    Args:
        config: the panel's configuration.
        calendars: the clocks' calendars, from `hourly_calendars`.
        twins: the servers.
        periods: periods to sum up.
    """

    config: Config
    calendars: Calendars
    twins: Twins
    periods: Periods

    def means(self) -> Floats:
        """Return the mean of each metric, shape (metrics, servers, steps).

        It is NaN where a schedule may have spikes.
        """
        expectation = self._expectation()
        return self._with_events(self._at_steps(expectation, expectation.means()))

    def contrasts(self, means: Floats) -> Iterator[Contrast]:
        """Yield the slope of each effect on each metric that responds to it.

        Args:
            means: what `means` returns.
        """
        expectation = self._expectation()
        for rule, what, of_key in expectation.without_effects():
            others = self._with_events(self._at_steps(expectation, of_key))
            yield from self._slopes(rule, means, others, what)
        if self.twins.events is not None:
            quiet = self._at_steps(expectation, expectation.means())
            yield from self._slopes(EVENTS.name, means, quiet)
        yield from self._scheduled()

    def _with_events(self, means: Floats) -> Floats:
        return means if self.twins.events is None else means * self.twins.events

    def _scheduled(self) -> Iterator[Contrast]:
        schedules = self.config.archetypes[self.twins.archetype].scheduled_spikes
        for number, schedule in enumerate(schedules):
            expectation = self._expectation(number)
            if expectation.usable.any():
                means = expectation.means()
                lifted = self._lifted(means, schedule.magnitude, expectation.lit)
                spiked = self._at_steps(expectation, lifted)
                usual = self._at_steps(expectation, means)
                yield from self._slopes(SCHEDULED_SPIKES.name, spiked, usual, f"schedule {number}")

    def _lifted(
        self, means: Mapping[str, Floats], magnitude: float, lit: Floats
    ) -> dict[str, Floats]:
        """Return the means of values that lie in spikes now and then."""
        lifted = {}
        for key, mean in means.items():
            share = self.config.metrics[key].spike_share
            scale = 1.0 if share is None else magnitude * share
            lifted[key] = mean * (1 + lit * (scale - 1))
        return lifted

    def _expectation(self, schedule: int | None = None) -> Expectation:
        rows = self.twins.servers
        return Expectation(self.config, self.twins.archetype, self.calendars, rows, schedule)

    def _at_steps(self, expectation: Expectation, of_key: Mapping[str, Floats]) -> Floats:
        servers = self.twins.servers.height
        hours = bucket_of_steps(self.config, self.config.axis.span)
        metrics = self.config.metrics
        every = []
        for key in self.twins.keys:
            of_hours = np.full(expectation.usable.size, np.nan)
            of_hours[expectation.usable] = of_key[source_of(metrics, key)] * scale_of(metrics, key)
            every.append(of_hours.reshape(servers, -1)[:, hours])
        return np.stack(every)

    def _slopes(
        self, rule: str, means: Floats, others: Floats, what: str = ""
    ) -> Iterator[Contrast]:
        """Yield the slope of each metric whose means are others without an effect.

        Means have the shape (metrics, servers, steps).
        """
        for number, key in enumerate(self.twins.keys):
            if _differ(means[number], others[number]):
                subject = f"{self.twins.archetype} {self.config.metrics[key].column}"
                if what:
                    subject = f"{subject}, {what}"
                every = (*self.twins.values, means, others)
                is_log = rule not in _ADDING_UP and grows_with_level(self.config, key)
                scaled = [self._scaled(values[number], is_log=is_log) for values in every]
                data, twin, mean, other = scaled
                yield self._slope(rule, subject, Both(data, twin), mean - other)

    def _scaled(self, values: Floats, *, is_log: bool) -> Floats:
        return np.log(np.maximum(values, 10.0**-self.config.decimals)) if is_log else values

    def _slope(self, rule: str, subject: str, values: Both, apart: Floats) -> Contrast:
        effect = np.nan_to_num(np.where(np.isnan(values.data), np.nan, apart))
        known = values.each(np.nan_to_num)
        squares = ((known.data - known.twin) ** 2).sum(axis=1, keepdims=True)
        weights = np.divide(effect, squares, out=np.zeros_like(effect), where=squares > 0)
        weights *= capped((weights * effect).sum(axis=1, keepdims=True))

        def weighed(values: Floats) -> Floats:
            return self.periods.sums(weights * values)

        both = known.each(weighed)
        growth = self.periods.growth
        return Contrast(rule, subject, both, len(effect), weighed(effect), growth=growth)


def _differ(means: Floats, others: Floats) -> bool:
    largest = np.nanmax(np.abs(means - others), initial=0)
    return bool(largest > _SMALLEST_EFFECT * (1 + np.nanmax(np.abs(means), initial=0)))


def grows_with_level(config: Config, key: str) -> bool:
    """Tell whether a metric's noise is proportional to its level.

    Args:
        config: the panel's configuration.
        key: the metric's key.
    """
    return config.metrics[source_of(config.metrics, key)].shape != "normal"


def capped(sizes: Floats) -> Floats:
    """Return factors that cut sizes down to their median, so that a few servers do not decide.

    Args:
        sizes: sizes of an effect, one a server.
    """
    usual = float(np.median(sizes[sizes > 0])) if np.any(sizes > 0) else 0.0
    return np.divide(usual, sizes, out=np.ones_like(sizes), where=sizes > usual)

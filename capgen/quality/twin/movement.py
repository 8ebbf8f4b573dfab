"""How each server's values move about their mean: level, spread, tails, memory, correlation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from capgen.config import Config
from capgen.draws.arrays import Floats
from capgen.panel.layered import layered_archetype
from capgen.quality.closed_form.correlation import CORRELATION
from capgen.quality.closed_form.level import LEVEL, SPREAD
from capgen.quality.rule import BESIDE_TWIN, Rule
from capgen.quality.twin.contrast import Both, Contrast
from capgen.quality.twin.periods import Periods, memory_hours
from capgen.quality.twin.ratios import ratios
from capgen.quality.twin.slopes import grows_with_level
from capgen.quality.twin.twin import Twins
from capgen.timeline.epoch import MINUTES_PER_HOUR

TAILS = Rule("tails", "Values lean and reach out as their shape says.", BESIDE_TWIN, "skew or tail")
AUTOCORRELATION = Rule(
    "autocorrelation",
    "Noise remembers as configured.",
    BESIDE_TWIN,
    "correlation with itself, some hours later",
)
# Standard deviations: what lies further off counts as no further, so that a few spikes do not
# decide.
_CUT = 3.0
_MOST_OF_PERIOD = 4  # a lag is looked at in periods of so many times its length
_USUAL_LAGS = (6.0, 24.0)  # hours
_TAIL = 0.01
_MIDDLE = 0.25


@dataclass(frozen=True, slots=True)
class Movement:
    """Residuals of some servers: values less their mean, or relative to it where the noise is.

    Args:
        config: the panel's configuration.
        twins: the servers.
        periods: periods to sum up.
        residuals: residuals, shape (metrics, servers, steps), NaN where there is none.
        scaled: the same in standard deviations, cut off; 0 where there is none.
    """

    config: Config
    twins: Twins
    periods: Periods
    residuals: Both
    scaled: Both

    @classmethod
    def of(cls, config: Config, twins: Twins, periods: Periods, means: Floats) -> Movement:
        """Return the residuals of some servers.

        Args:
            config: the panel's configuration.
            twins: the servers.
            periods: periods to sum up.
            means: expected means, shape (metrics, servers, steps).
        """
        scales = np.ones_like(means)
        for number, key in enumerate(twins.keys):
            if grows_with_level(config, key):
                scales[number] = np.where(means[number] == 0, np.nan, means[number])
        residuals = twins.values.each(lambda values: (values - means) / scales)
        return cls(config, twins, periods, residuals, _scaled(residuals))

    @property
    def _columns(self) -> list[str]:
        return [self.config.metrics[key].column for key in self.twins.keys]

    def contrasts(self) -> Iterator[Contrast]:
        """Yield all measurements, metric by metric, and correlations pair by pair."""
        for number, column in enumerate(self._columns):
            subject = f"{self.twins.archetype} {column}"
            values = self._split(self.twins.values, number)
            yield self._contrast(LEVEL, subject, values.each(_mean))
            sds = values.each(lambda each: log_sd(each, self.config.decimals))
            yield self._contrast(SPREAD, subject, sds, note="logarithm of the sd")
            yield from self._tails(subject, number)
            yield from self._memory(subject, number)
        for (one, left), (two, right) in itertools.combinations(enumerate(self._columns), 2):
            first = self._scaled_of(one)
            second = self._scaled_of(two)
            correlations = Both(
                _correlation(first.data, second.data), _correlation(first.twin, second.twin)
            )
            subject = f"{self.twins.archetype} {left}~{right}"
            yield self._contrast(CORRELATION, subject, correlations)

    def _split(self, both: Both, number: int) -> Both:
        return both.each(lambda values: self.periods.split(values[number]))

    def _scaled_of(self, number: int) -> Both:
        return self._split(self.scaled, number)

    def _contrast(
        self, rule: Rule, subject: str, both: Both, absent: float | None = None, note: str = ""
    ) -> Contrast:
        growth = self.periods.growth
        servers = len(both.data)
        return Contrast(rule.name, subject, both, servers, absent=absent, growth=growth, note=note)

    def _tails(self, subject: str, number: int) -> Iterator[Contrast]:
        shapes = self._split(self.residuals, number).each(_tail_shapes)
        for position, what in enumerate(("lean", "length")):
            of_shape = Both(shapes.data[position], shapes.twin[position])
            yield self._contrast(TAILS, f"{subject}, {what}", of_shape)

    def _memory(self, subject: str, number: int) -> Iterator[Contrast]:
        scaled = self._scaled_of(number)
        absent = 0.0 if memory_hours(self.config, self.twins.archetype) else None
        for hours, lag in lags(self.config, self.twins.archetype, self.periods.length):
            after = f"{hours:g} h" if hours >= 1 else f"{hours * MINUTES_PER_HOUR:g} min"
            kept = Both(*(_autocorrelation(each, lag) for each in scaled))
            yield self._contrast(AUTOCORRELATION, f"{subject}, {after}", kept, absent)


def lags(config: Config, archetype: str, length: int) -> list[tuple[float, int]]:
    """Return the lags to look at, in hours and in steps: a step, six hours, a day, half-lives.

    Args:
        config: the panel's configuration.
        archetype: the archetype whose half-lives count.
        length: length of a period, in steps.
    """
    step_hours = config.step_minutes / MINUTES_PER_HOUR
    on = layered_archetype(config, archetype).on
    parts = [part for layer, settings in on for part in layer.parts(settings).values()]
    half_lives = [part.half_life_hours for part in parts]
    steps = sorted({1, *(round(hours / step_hours) for hours in (*_USUAL_LAGS, *half_lives))})
    return [(lag * step_hours, lag) for lag in steps if 0 < lag <= length // _MOST_OF_PERIOD]


def _scaled(both: Both) -> Both:
    """Standardise both by the mean and sd of the two together, server by server."""
    known = ~np.isnan(both.data)
    count = np.maximum(2 * known.sum(axis=2, keepdims=True), 1)
    mean = sum(np.nansum(each, axis=2, keepdims=True) for each in both) / count
    squares = sum(np.nansum((each - mean) ** 2, axis=2, keepdims=True) for each in both)
    sd = np.sqrt(squares / count)
    sd[sd == 0] = np.inf

    def scaled(values: Floats) -> Floats:
        deviations: Floats = np.clip((values - mean) / sd, -_CUT, _CUT)
        return np.nan_to_num(deviations, copy=False)

    return both.each(scaled)


def _mean(values: Floats) -> Floats:
    count = (~np.isnan(values)).sum(axis=-1)
    return ratios(np.nansum(values, axis=-1), count)


def log_sd(values: Floats, decimals: int) -> Floats:
    """Return the logarithm of the sd; NaN where it is too near to what values are rounded to."""
    mean = _mean(values)
    sd = np.sqrt(_mean((values - mean[..., None]) ** 2))
    return np.log(np.where(sd > 5 * 10.0**-decimals, sd, np.nan))


def _autocorrelation(scaled: Floats, lag: int) -> Floats:
    together = (scaled[..., lag:] * scaled[..., :-lag]).sum(axis=-1)
    return ratios(together, (scaled**2).sum(axis=-1))


def _correlation(one: Floats, two: Floats) -> Floats:
    alone = np.sqrt((one**2).sum(axis=-1) * (two**2).sum(axis=-1))
    return ratios((one * two).sum(axis=-1), alone)


def _tail_shapes(values: Floats) -> Floats:
    """Return to which side values lean, from −1 to 1, and the logarithm of how long tails are."""
    climbing = np.sort(values, axis=-1)
    count = (~np.isnan(climbing)).sum(axis=-1)

    def at(share: float) -> Floats:
        position = np.maximum((share * count).astype(np.int64).clip(max=count - 1), 0)
        found: Floats = np.take_along_axis(climbing, position[..., None], axis=-1)[..., 0]
        return found

    low = at(_TAIL)
    high = at(1 - _TAIL)
    width = at(1 - _MIDDLE) - at(_MIDDLE)
    lean = ratios(high + low - 2 * at(0.5), high - low)
    length = ratios(high - low, width)
    return np.stack([lean, np.log(np.where(length > 0, length, np.nan))])

"""What a configuration implies for the values of each archetype, metric and hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from capgen.config import Config
from capgen.draws.arrays import Flags, Floats
from capgen.draws.arrays import Floats as Matrix
from capgen.draws.correlation import correlation_matrix
from capgen.quality.expected.calendars import Calendars
from capgen.quality.expected.clipped import Clipped, Limits, Part, clipped, clipped_mean
from capgen.quality.expected.drift import Drift, with_drift
from capgen.quality.expected.expectation import Expectation
from capgen.quality.expected.groups import Groups
from capgen.quality.expected.value_parts import value_parts
from capgen.settings.metric import scale_of, source_of

_SMALLEST_EFFECT = 1e-9  # relative; less is what floating-point sums make of nothing


@dataclass(frozen=True, slots=True)
class MetricModel:
    """What one metric of one archetype does, hour by hour.

    Args:
        archetype: the archetype's name.
        key: the metric's key.
        column: the metric's column.
        source: key of the metric whose noise it has: its own, or the one it is derived from.
        sign: −1 where it falls when its source rises.
        means: means of cells without spikes and clip, shape (hours,).
        parts: parts without a spike, and as many with one: for each, usual values and outliers.
        limits: what its values can be.
        values: what the configuration implies for its values.
        effects: for each effect that does anything, what it adds to the expected values, shape
            (hours,).
    """

    archetype: str
    key: str
    column: str
    source: str
    sign: int
    means: Floats
    parts: tuple[Part, ...]
    limits: Limits
    values: Clipped
    effects: dict[str, Floats]

    @property
    def calm_parts(self) -> tuple[Part, ...]:
        """The parts of values without a spike, by themselves."""
        calm = self.parts[: len(self.parts) // 2]
        total = sum(part.chance for part in calm)
        return tuple(part._replace(chance=part.chance / total) for part in calm) if total else calm

    @property
    def has_spikes(self) -> bool:
        """Whether a spike changes its values."""
        spiked = self.parts[len(self.parts) // 2]
        return spiked.chance > 0 and spiked[1:] != self.parts[0][1:]

    def of_spikes(self) -> tuple[Floats, Floats, Floats]:
        """Return chance, mean and sd of values without and with a spike, outliers among them.

        Shapes (2,), (2, n) and (2, n).
        """
        half = len(self.parts) // 2
        chances = np.array([part.chance for part in self.parts]).reshape(2, half, 1)
        totals = np.maximum(chances.sum(axis=1), 1e-300)
        means = self.values.part_means.reshape(2, half, -1)
        sds = self.values.part_sds.reshape(2, half, -1)
        mean = (chances * means).sum(axis=1) / totals
        variance = (chances * (sds**2 + means**2)).sum(axis=1) / totals - mean**2
        return totals[:, 0], mean, np.sqrt(np.maximum(variance, 0))


@dataclass(frozen=True, slots=True)
class ArchetypeModel:
    """What one archetype does.

    Args:
        name: the archetype's name.
        usable: whether each group and hour is looked at; the metrics' arrays hold those alone.
        metrics: the metrics whose columns can be read.
        correlations: correlations of the metrics' noise, shape (metrics, metrics).
        drawn: correlations of the drawn metrics, in the configuration's order.
    """

    name: str
    usable: Flags
    metrics: list[MetricModel]
    correlations: Matrix
    drawn: Matrix

    def laid_out(self, arrays: Sequence[Floats]) -> Floats:
        """Return arrays of all groups and hours, with NaN for those that are not looked at.

        Args:
            arrays: of those that are looked at.

        Returns:
            Shape (arrays, groups and hours + 1); the last stands for no group or hour at all.
        """
        every = np.full((len(arrays), self.usable.size + 1), np.nan)
        every[:, :-1][:, self.usable] = arrays
        return every


def archetype_models(
    config: Config, groups: Groups, calendars: Calendars, keys: list[str]
) -> Iterator[ArchetypeModel]:
    """Yield what each archetype that has servers does.

    Args:
        config: the panel's configuration.
        groups: the panel's groups.
        calendars: the clocks' calendars, from `hourly_calendars`.
        keys: metrics to look at.
    """
    for name, rows in groups.rows.items():
        expectation = Expectation(config, name, calendars, rows)
        if expectation.usable.any():
            yield archetype_model(config, expectation, name, keys)


def archetype_model(
    config: Config, expectation: Expectation, name: str, keys: list[str], *, effects: bool = True
) -> ArchetypeModel:
    """Return what one archetype does.

    Args:
        config: the panel's configuration.
        expectation: the archetype's means.
        name: the archetype's name.
        keys: metrics to look at.
        effects: whether to work out effects, too.
    """
    archetype = config.archetypes[name]
    drawn = config.drawn_metrics
    means = expectation.means()
    found = expectation.without_effects() if effects else ()
    without = {effect: of_key for effect, _, of_key in found}
    drifts = expectation.drifts(means)
    metrics = [_metric_model(config, name, key, means, drifts, without) for key in keys]
    matrix = correlation_matrix(archetype.correlation, drawn, repair=config.repair_correlation)
    positions = [drawn.index(metric.source) for metric in metrics]
    signs = np.array([metric.sign for metric in metrics])
    correlations = matrix[np.ix_(positions, positions)] * np.outer(signs, signs)
    return ArchetypeModel(name, expectation.usable, metrics, correlations, matrix)


def _metric_model(
    config: Config,
    name: str,
    key: str,
    means: dict[str, Floats],
    drifts: dict[str, Drift],
    without: dict[str, dict[str, Floats]],
) -> MetricModel:
    metric = config.metrics[key]
    source = source_of(config.metrics, key)
    factor = scale_of(config.metrics, key)
    low, high = (round(bound, config.decimals) for bound in metric.clip)
    limits = Limits(low, high, 10.0**-config.decimals)
    parts = value_parts(config, name, key)
    plain = means[source] * factor
    early, late, share = drifts[source]
    drift = Drift(early * factor, late * factor, share)
    values = with_drift(clipped(plain, parts, limits), plain, drift, parts, limits)
    others = {effect: of_key[source] * factor for effect, of_key in without.items()}
    return MetricModel(
        archetype=name,
        key=key,
        column=metric.column,
        source=source,
        sign=-1 if factor < 0 else 1,
        means=plain,
        parts=parts,
        limits=limits,
        values=values,
        effects={
            effect: _difference(values.mean, plain, other, parts, limits)
            for effect, other in others.items()
            if not np.array_equal(plain, other)
        },
    )


def _difference(
    expected: Floats, plain: Floats, other: Floats, parts: tuple[Part, ...], limits: Limits
) -> Floats:
    """Return how far the expected values lie from those for other means.

    It is 0 where no float can tell them apart.
    """
    differs = plain != other
    result = np.zeros(plain.size)
    result[differs] = expected[differs] - clipped_mean(other[differs], parts, limits)
    return np.where(np.abs(result) > _SMALLEST_EFFECT * (1 + np.abs(expected)), result, 0.0)

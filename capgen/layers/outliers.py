"""Outliers: rare single values of a metric that are too high, or too low."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from pydantic import model_validator

from capgen.columns import OUTLIER, OUTLIER_METRICS
from capgen.draws.arrays import Floats, places_of
from capgen.draws.by_block import draw_uniforms
from capgen.layers.answers import Change, Name
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.scope import Scope
from capgen.settings.metric import Metrics
from capgen.settings.names import unknown_names
from capgen.settings.types import Factor, Probability, Section

_EVERYWHERE = (slice(None), slice(None))


class Outliers(Section):
    """Rare wrong values of one metric: too high, or too low.

    Attributes:
        probability: of a value that is too high.
        magnitude: what it is multiplied by.
        dip_probability: of a value that is too low.
        dip_magnitude: what that is multiplied by.
    """

    probability: Probability
    magnitude: Factor = 1.6
    dip_probability: Probability = 0
    dip_magnitude: Factor = 0

    @model_validator(mode="after")
    def _chances_fit(self) -> Outliers:
        if self.probability + self.dip_probability > 1:
            raise ValueError("expected probability and dip_probability that sum to at most 1")
        return self


ByMetric = Mapping[str, Outliers]


class OutlierLayer(Layer[ByMetric]):
    """Rare wrong values."""

    name = "outliers"
    key = "layers.outliers"
    example = (
        "{cpu: {probability: 0.001, magnitude: 1.6, dip_probability: 0.001, dip_magnitude: 0.2}}"
    )
    label = OUTLIER
    names = OUTLIER_METRICS
    changes_derived = True
    is_incident = True
    happens = "outliers"

    def problems(self, settings: ByMetric, known: Known) -> Iterator[str]:
        """Yield unknown metrics."""
        yield from unknown_names(known.path, settings, known.metrics)

    def changed_metrics(self, settings: ByMetric, metrics: Metrics) -> set[str]:
        """Return the metrics that have outliers."""
        return set(settings)

    def changes(self, settings: ByMetric, scope: Scope, keys: Sequence[str]) -> Iterator[Change]:
        """Yield the outliers of each metric."""
        for key in scope.kind.metrics:
            if key in settings and key in keys:
                yield _change(scope, key, settings[key])


def _change(scope: Scope, key: str, wanted: Outliers) -> Change:
    uniforms = draw_uniforms(scope.seed, scope.ids, scope.axis, scope.span, f"outlier {key}")
    where = uniforms < wanted.probability
    if wanted.dip_probability:
        where |= uniforms >= 1 - wanted.dip_probability

    def lay(of_key: Mapping[str, Floats]) -> None:
        places = places_of(where)
        is_high = uniforms.take(places) < wanted.probability
        factors = np.where(is_high, wanted.magnitude, wanted.dip_magnitude)
        of_key[key].put(places, of_key[key].take(places) * factors)

    name = Name(_EVERYWHERE, (key,), scope.kind.metrics[key].column)
    return Change(where, lay, (name,))

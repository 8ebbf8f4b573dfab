"""Outliers: rare single values of a metric that are too high, or too low."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from capgen.config import Config
from capgen.draws.arrays import Flags, Floats
from capgen.draws.by_block import draw_uniforms
from capgen.timeline.time_axis import Span, TimeAxis


class OutlierFlags(NamedTuple):
    """Where values of a metric are wrong, each of shape (servers, steps)."""

    high: Flags
    low: Flags


def draw_outliers(config: Config, key: str, server_ids: Sequence[str], axis: TimeAxis, span: Span) -> OutlierFlags:
    """Return which values of a metric are outliers.

    Args:
        config: a valid configuration.
        key: of a metric that has outliers.
        server_ids: the servers, in order.
        axis: the time axis.
        span: the steps.
    """
    layer = (config.layers.outliers or {})[key]
    uniforms = draw_uniforms(config.seed, server_ids, axis, span, f"outlier {key}")
    return OutlierFlags(uniforms < layer.probability, uniforms >= 1 - layer.dip_probability)


def multiply_outliers(config: Config, key: str, flags: OutlierFlags, values: Floats) -> None:
    """Multiply the values that are outliers, in place.

    Args:
        config: a valid configuration.
        key: of the metric.
        flags: where they are.
        values: of the metric.
    """
    layer = (config.layers.outliers or {})[key]
    for where, magnitude in ((flags.high, layer.magnitude), (flags.low, layer.dip_magnitude)):
        values[where] *= magnitude

"""The metrics of a fit: how they are called, and in which order a library has them."""

from __future__ import annotations

from collections.abc import Sequence

from capgen.config.sources import preset_text
from capgen.config.yaml_text import parse_shipped_yaml
from capgen.dataset.metric_column import MetricColumn


def columns_by_key(metrics: Sequence[MetricColumn]) -> dict[str, MetricColumn]:
    """Return columns by the keys of their metrics, or by their names where these share a key.

    Those that the preset below a fitted configuration has come first, in its order: so will the
    configuration have them, whose metrics a library's must follow.

    Args:
        metrics: the columns.
    """
    keys = [metric.key for metric in metrics]
    names = [metric.key if keys.count(metric.key) == 1 else metric.name for metric in metrics]
    columns = dict(zip(names, metrics, strict=True))
    known = parse_shipped_yaml(preset_text("default"))["metrics"]
    return {name: columns[name] for name in dict.fromkeys([*known, *names]) if name in columns}

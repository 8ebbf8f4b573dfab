"""What follows from the values of metrics: derived ones, what is recorded, which are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from capgen.draws.arrays import Flags, Floats
from capgen.settings.metric import Metrics, derived_metrics, drawn_metrics, source_of

_HAIR = 1e-300  # in place of a lowest value of 0: rounding makes 0 of it, and never −0


def derive(metrics: Metrics, of_key: Mapping[str, Floats]) -> None:
    """Work out the derived metrics, in place: factor × the other metric before its clip.

    Args:
        metrics: the panel's metrics.
        of_key: values by metric; those of derived ones are overwritten.
    """
    for key, derived in derived_metrics(metrics):
        if key in of_key:
            np.multiply(of_key[derived.source], derived.factor, out=of_key[key])


@dataclass(frozen=True, slots=True)
class Recording:
    """How values are measured: on a grid, within a clip, with some decimals.

    Args:
        metrics: the panel's metrics.
        decimals: how many decimals are kept.
        grids: by metric the step of its grid, shape (servers or 1, 1); 0 for none.
    """

    metrics: Metrics
    decimals: int
    grids: Mapping[str, Floats]

    def record(self, of_key: Mapping[str, Floats], where: Flags | None = None) -> None:
        """Put values on the grid, clip and round them, in place.

        A zero is never negative: machines clip those differently.

        Args:
            of_key: values by metric, shape (servers, steps), or of some of these cells.
            where: which cells these are, shape (servers, steps); by default all.
        """
        for key, values in of_key.items():
            steps = self.grids.get(key)
            if steps is not None and steps.any():
                _to_grid(
                    values, steps if where is None else np.broadcast_to(steps, where.shape)[where]
                )
            lowest, highest = self.metrics[key].clip
            np.clip(values, lowest or _HAIR, highest, out=values)
            np.round(values, self.decimals, out=values)
            if lowest < 0:
                values += 0.0  # makes 0 of −0


def _to_grid(values: Floats, steps: Floats) -> None:
    on_grid = values / np.where(steps > 0, steps, 1.0)
    np.rint(on_grid, out=on_grid)
    on_grid *= steps
    np.copyto(values, on_grid, where=steps > 0)


def metrics_needed(metrics: Metrics, wanted: Sequence[str]) -> list[str]:
    """Return the metrics that some columns need.

    Noise of one drawn metric is a sum over the draws of those before it, so all up to the last one
    are needed.

    Args:
        metrics: the panel's metrics.
        wanted: columns to make; those that are no metrics need none.

    Returns:
        Keys: a leading part of the drawn metrics, then the derived ones among the wanted.
    """
    drawn = drawn_metrics(metrics)
    asked = [key for key, metric in metrics.items() if metric.column in wanted]
    last = max((drawn.index(source_of(metrics, key)) for key in asked), default=-1)
    return [*drawn[: last + 1], *(key for key in asked if metrics[key].derived)]

"""From noise to values: level and spread of servers and states, and the shape of each metric."""

from __future__ import annotations

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.curves import curve
from capgen.draws.interpolation import interpolated
from capgen.layers.scope import Scope
from capgen.layers.states import States, in_cells, spreads_of
from capgen.settings.quantiles import Quantiles


def shape_noise(scope: Scope, states: States | None, key: str, mean: Floats, noise: Floats) -> None:
    """Turn the noise of a drawn metric into its values, in place.

    normal: mean + sd × noise. The other shapes keep the ratio c of sd to base at every level: a
    lognormal is mean × exp(σ × noise − σ²/2) with σ² = ln(1 + c²), quantiles give
    mean × (1 + c × curve(noise)). With curves of states, whatever the shape: mean × curve(noise).

    Args:
        scope: the servers.
        states: the states that they are in.
        key: the metric's key.
        mean: the mean at the level of the states.
        noise: standard normal, shape (servers, steps).
    """
    if states and key in states.curves:
        states.curves[key].follow(states.codes, noise)
        noise *= mean
        return
    sd = scope.parameter(f"sd.{key}") * spreads_of(states, key)
    if scope.kind.metrics[key].shape == "normal":
        noise *= in_cells(sd, states.codes if states else None)
        noise += mean
    else:
        _bend(scope, states, key, sd / scope.kind.settings.base[key], noise)
        noise *= mean


def _bend(scope: Scope, states: States | None, key: str, ratios: Floats, noise: Floats) -> None:
    """Turn noise into what the mean is multiplied by, in place."""
    codes = states.codes if states else None
    own = states.quantiles.get(key) if states else None
    straight = noise.copy() if own else noise
    usual = scope.kind.metrics[key].quantiles
    if usual is None:
        variances = np.log1p(ratios**2)
        noise *= in_cells(np.sqrt(variances), codes)
        noise -= in_cells(variances / 2, codes)
        np.exp(noise, out=noise)
    else:
        _follow_curve(usual, in_cells(ratios, codes), noise)
    for number, quantiles in (own or {}).items():
        assert codes is not None
        here = codes == number
        values = straight[here]
        of_cells = np.broadcast_to(in_cells(ratios, codes), noise.shape)
        _follow_curve(quantiles, of_cells[here], values)
        noise[here] = values


def _follow_curve(quantiles: Quantiles, ratios: Floats | float, noise: Floats) -> None:
    points = curve(quantiles)
    np.multiply(interpolated(noise, points.scores, points.values), ratios, out=noise)
    noise += 1

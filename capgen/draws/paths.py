"""Paths of a stationary Ornstein-Uhlenbeck process, which forgets half of a deviation in some time.

Between two steps that lie h hours apart, `x' = φ x + sqrt(1 − φ²) e` with φ = 2^(−h / half-life):
the same process at every step size.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from capgen.draws.arrays import Floats

_DECIMALS = 12  # powers differ between machines in the last bit; rounded ones do not
# In a run that is summed at once: floats reach that far down, but not further than 1022.
_MOST_HALVINGS = 900
_KEPT_DECAYS = 64


@dataclass(frozen=True, slots=True)
class Decay:
    """How a process forgets over some steps.

    Args:
        factors: what is left from each step to the next, shape (steps,).
        powers: what is left, at each step, of the run's first step, shape (steps,).
        gains: what new noise is multiplied by before it is summed over a run, shape (steps,).
        pulls: how much of what is missing at the end each step takes, from 0 to 1, shape (steps,).
        run: how many steps are summed at once.
    """

    factors: Floats
    powers: Floats
    gains: Floats
    pulls: Floats
    run: int

    @classmethod
    def over(cls, half_life_hours: float, hours: Floats) -> Decay:
        """Return the decay over steps of some lengths.

        Args:
            half_life_hours: above 0.
            hours: lengths of the steps.
        """
        halvings = hours / half_life_hours
        elapsed = np.cumsum(halvings)
        met = (1 - np.exp2(-2 * elapsed)) / (1 - np.exp2(-2 * elapsed[-1]))
        pulls = np.exp2(elapsed - elapsed[-1]) * met
        factors = np.exp2(-halvings).round(_DECIMALS)
        powers = np.empty(hours.size)
        run = max(1, int(_MOST_HALVINGS / halvings.max())) if factors.min() > 0 else 1
        for first in range(0, hours.size, run):
            steps = np.concatenate([[1.0], factors[first + 1 : first + run]])
            np.multiply.accumulate(steps, out=powers[first : first + run])
        return cls(factors, powers, np.sqrt(1 - factors**2) / powers, pulls.round(_DECIMALS), run)


def follow(decay: Decay, start: Floats, end: Floats, path: Floats) -> None:
    """Turn independent normals into paths between two values each, in place.

    Args:
        decay: over the path's steps.
        start: the value one step before the first, shape (processes, …).
        end: the value at the last step, shape (processes, …).
        path: standard normals, shape (processes, …, steps); afterwards the processes, which are
            standard normal at each step.
    """
    go_on(decay, start, path)
    bent = int(np.argmax(decay.pulls > 0))
    missed = end[..., None] - path[..., -1:]
    for lack, rest in zip(missed, path[..., bent:], strict=True):  # all at once, it takes longer
        rest += lack * decay.pulls[bent:]


def go_on(decay: Decay, start: Floats, path: Floats) -> None:
    """Turn independent normals into a path that goes on from a value, in place.

    Args:
        decay: over the path's steps, and perhaps more.
        start: the value one step before the first, shape (…).
        path: standard normals, shape (…, steps); afterwards the process.
    """
    before = start[..., None]
    for first in range(0, path.shape[-1], decay.run):
        part = path[..., first : first + decay.run]
        part *= decay.gains[first : first + part.shape[-1]]
        part[..., :1] += before * decay.factors[first]
        np.cumsum(part, axis=-1, out=part)
        part *= decay.powers[first : first + part.shape[-1]]
        before = part[..., -1:].copy()


@lru_cache(maxsize=_KEPT_DECAYS)
def uniform_decay(half_life_hours: float, step_hours: float, steps: int) -> Decay:
    """Return the decay over steps of one length.

    Args:
        half_life_hours: above 0.
        step_hours: length of a step.
        steps: number of steps.
    """
    return Decay.over(half_life_hours, np.full(steps, step_hours))

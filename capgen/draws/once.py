"""What a server is given once and keeps: draws from streams of its own, lognormal or normal."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from capgen.draws.arrays import Floats
from capgen.draws.streams import stream

_DECIMALS = 12  # exponentials differ between machines in the last bit; rounded ones do not


def lasting_normals(seed: int, server_ids: Sequence[str], purpose: str, count: int) -> Floats:
    """Draw some standard normals for each server.

    Args:
        seed: the configuration's seed.
        server_ids: the servers.
        purpose: what the draws are for.
        count: how many each server draws.

    Returns:
        Shape (count, servers).
    """
    draws = [stream(seed, each, "", purpose).standard_normal(count) for each in server_ids]
    return np.array(draws).reshape(len(server_ids), count).T.copy()


def lognormal(normals: Floats, sd: float) -> Floats:
    """Turn standard normals into lognormals with mean 1.

    exp(σ z − σ²/2) with σ² = ln(1 + sd²) has mean 1 and this sd.

    Args:
        normals: normals, in any shape.
        sd: sd of the result.
    """
    variance = math.log1p(sd**2)
    result: Floats = np.exp(math.sqrt(variance) * normals - variance / 2)
    return result.round(_DECIMALS)

"""The annual season shows with its amplitudes and peaks."""

from __future__ import annotations

import math

import numpy as np

from tests.estimates import check_close
from tests.panels import web_panel


def test_annual_season_has_its_amplitudes_and_peaks() -> None:
    waves = [
        {"amplitude": 0.1, "peak_day": 335},
        {"amplitude": 0.04, "peak_day": 20.5, "cycles": 2},
    ]
    panel = web_panel(200, ("2023-01-01", "2023-12-31"), layers={"annual_season": {"disk": waves}})
    angle = 2 * np.pi * panel["timestamp"].dt.ordinal_day().to_numpy() / 365
    design = np.stack(
        [f(k * angle) for k in (1, 2) for f in (np.cos, np.sin)] + [np.ones_like(angle)]
    )
    found = np.linalg.solve(design @ design.T, design @ panel["disk_p95"].to_numpy())
    check_close(found[4], 20, 5 / math.sqrt(panel.height))
    error = 5 * math.sqrt(2 / panel.height)
    for wave, (cosine, sine) in zip(waves, found[:4].reshape(2, 2), strict=True):
        height = 20 * wave["amplitude"]
        turns = wave.get("cycles", 1)
        check_close(math.hypot(cosine, sine), height, error)
        early = math.atan2(sine, cosine) / (2 * math.pi * turns) * 365 - wave["peak_day"]
        period = 365 / turns
        check_close(
            (early + period / 2) % period - period / 2, 0, error / height * period / (2 * math.pi)
        )

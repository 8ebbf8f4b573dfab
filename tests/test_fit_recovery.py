"""Telemetry made from a known library, when fitted, gives the library back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from capgen import fit
from capgen.layers.library.reading import read_library
from tests.fit_facts import facts_of
from tests.fit_truths import telemetry_of, truth

SERVERS = 10
MOST_ERRORS = 4  # standard errors of one server's fit
ROUNDING = 0.005


@pytest.mark.parametrize(("seed", "zone"), [(1, "UTC"), (4, "America/New_York")])
def test_what_a_library_says_comes_back(tmp_path: Path, seed: int, zone: str) -> None:
    known = truth(seed)
    days = ("2024-01-01", "2024-04-30")  # clocks change in New York
    data = telemetry_of(known, tmp_path / "data", SERVERS, days, zone)
    fit(data, tmp_path / "fleet.yaml", states=3, kinds=2, timezone=zone)
    found = facts_of(read_library((tmp_path / "fleet.library.parquet").read_bytes()))
    wrong = {}
    for name, (wanted,) in facts_of(known).items():
        error = found[name].std(ddof=1) + ROUNDING
        away = (found[name] - wanted) / error
        if np.abs(away.mean()) > MOST_ERRORS:
            wrong[name] = (wanted, found[name].mean(), error)
    assert not wrong

"""How near a fit comes to what telemetry was made from: five servers that are known.

Run `python -m tests.bench.fit_recovery`; it takes a few minutes. Each known server is made many
times over, hourly, for a quarter and for a year; an error is the standard deviation between their
fits, and bias the distance of their mean from the truth, in errors.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from capgen import fit
from capgen.draws.arrays import Floats
from capgen.layers.library.reading import read_library
from tests.bench.measuring import versions
from tests.fit_facts import facts_of
from tests.fit_truths import telemetry_of, truth

SEEDS = (1, 2, 3, 4, 5)
SERVERS = 16
WINDOWS = {"91 days": ("2024-01-01", "2024-03-31"), "364 days": ("2024-01-01", "2024-12-29")}
MOST_ERRORS = 4


def fitted(seed: int, days: tuple[str, str]) -> dict[str, Floats]:
    """Return what fits of servers of one truth found."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        data = telemetry_of(truth(seed), folder / "data", SERVERS, days)
        result = fit(data, folder / "fleet.yaml", states=3, kinds=2)
        return facts_of(read_library(result.library.read_bytes()))


def main() -> None:
    """Print a table, with versions."""
    print(f"{versions()}\n")
    windows = "".join(f"{name:>12} error   bias" for name in WINDOWS)
    print(f"{'truth':5} {'what':42} {'value':>9}{windows}")
    beyond = 0
    for seed in SEEDS:
        found = [fitted(seed, days) for days in WINDOWS.values()]
        for name, (value,) in facts_of(truth(seed)).items():
            pieces = []
            for each in found:
                error = each[name].std(ddof=1)
                bias = (each[name].mean() - value) / max(error, 1e-9)
                beyond += bool(np.abs(bias) > MOST_ERRORS and error > 0)
                pieces.append(f"{each[name].mean():12.3f} {error:5.3f} {bias:6.1f}")
            print(f"{seed:5} {name:42} {value:9.3f}{''.join(pieces)}", flush=True)
    print(f"\nbeyond {MOST_ERRORS} errors: {beyond}")


if __name__ == "__main__":
    main()

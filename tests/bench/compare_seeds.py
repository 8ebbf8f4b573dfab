"""The ratio of another seed of the same configuration, over 20 random configurations.

Run `python -m tests.bench.compare_seeds [CONFIGURATIONS]`; it takes minutes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from capgen import build, compare, load_config

SERVERS = 40
DAYS = {"start_date": "2024-01-01", "end_date": "2024-02-25"}


def configuration(number: int) -> tuple[str, dict[str, Any]]:
    """Return a preset and what is changed in it."""
    generator = np.random.Generator(np.random.SFC64(number))
    preset = ("default", "telemetry", "realistic")[number % 3]
    spread = {key: round(float(generator.uniform(0.05, 0.6)), 2) for key in ("cpu", "mem")}
    weekend = {
        name: {"weekend_factor": round(float(generator.uniform(0.4, 1.3)), 2)}
        for name in ("web", "application")
    }
    layers = {} if preset == "realistic" else {"server_offset": {"sd": spread}}
    changes: dict[str, Any] = {"layers": layers}
    return preset, changes if preset == "realistic" else {**changes, "archetypes": weekend}


def main(configurations: int = 20) -> None:
    """Print the ratio for each configuration, that of other servers, and the range."""
    ratios = []
    for number in range(configurations):
        preset, changes = configuration(number)
        with tempfile.TemporaryDirectory() as place:
            folders = [Path(place) / name for name in ("one", "two")]
            for seed, folder in enumerate(folders):
                keys = {"num_servers": SERVERS, "granularity": "hourly", **DAYS, **changes}
                overrides = {**keys, "seed": 100 * number + seed}
                build(load_config(preset=preset, overrides=overrides, environment={}), folder)
            found = compare(*folders)
        (outcome,) = found.outcomes
        ratios.append(outcome.ratio)
        worst = outcome.worst[0].fact.text
        print(
            f"{number:2} {preset:10} {outcome.ratio:.2f}, other servers {found.other_servers:.2f}; "
            f"{worst}",
            flush=True,
        )
    print(f"from {min(ratios):.2f} to {max(ratios):.2f}, median {np.median(ratios):.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

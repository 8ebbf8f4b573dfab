"""What a build from a library costs beside one of the default, each in a process of its own.

Run `python -m tests.bench.library_cost`. A library of 300 invented servers with four states, four
kinds of day and five metrics; as many servers of each fleet, over a year of hours.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from capgen.layers.library.writing import library_bytes
from tests.bench.build_cost import measure
from tests.bench.measuring import versions
from tests.libraries import FACTS, make_library

ROWS = 300
SERVERS = (500, 1500)
METRICS = ("cpu", "mem", "disk", "net_in", "net_out")
HOURLY = {"granularity": "hourly", "end_date": "2022-12-31"}


def library_settings(file: Path) -> dict[str, Any]:
    """Return the settings of a fleet that takes its parameters from a library."""
    facts = FACTS.model_copy(update={"metrics": METRICS, "states": 4, "kinds": 4})
    file.write_bytes(library_bytes(make_library(ROWS, facts)))
    own = {"metrics.net_out.derived": "null"}
    for archetype in ("web", "application", "database", "batch"):
        own |= {f"archetypes.{archetype}.{key}.net_out": "70" for key in ("base", "sd")}
    return {**own, "layers.library.file": file, "layers.library.use": "draw"}


def main() -> None:
    """Print what each build costs, and the ratio of their processor time a row."""
    print(f"{versions()}\n")
    with tempfile.TemporaryDirectory() as folder:
        fleets = {"default": {}, "library": library_settings(Path(folder) / "f.library.parquet")}
        for servers in SERVERS:
            nanoseconds = {}
            for name, settings in fleets.items():
                cost = measure({**HOURLY, "num_servers": servers, **settings}, 2)
                nanoseconds[name] = cost["processor_seconds"] / cost["rows"] * 1e9
                peak = cost["peak_megabytes"]
                print(f"{servers:6,} {name:8} {nanoseconds[name]:6.0f} ns/row {peak:6.0f} MB")
            print(f"{servers:6,} ratio    {nanoseconds['library'] / nanoseconds['default']:6.2f}")


if __name__ == "__main__":
    main()

"""Counts what `check` says of good telemetry: python -m tests.bench.telemetry_alarms [SEEDS].

Panels of the presets default and realistic are turned into telemetry, two and four weeks long.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import capgen
from capgen import Config
from capgen.quality.findings import Verdict
from tests.telemetry_panels import panel_of, rows_of, write_panel

_PRESETS = ("default", "realistic")


def panels(preset: str, seeds: int) -> Iterator[Config]:
    """Yield small panels of a preset: of each seed one of four weeks, and one of two."""
    for seed in range(seeds):
        yield panel_of(preset, seed=seed)
        yield panel_of(preset, seed=seed, end_date="2024-01-14", num_servers=40)


def verdicts(config: Config) -> Iterator[str]:
    """Yield the rules that do not pass a panel, with their verdicts."""
    with TemporaryDirectory() as room:
        report = capgen.check(write_panel(Path(room) / "telemetry", rows_of(config), config))
    for rule in report.rules:
        if rule.verdict is not Verdict.PASS:
            yield f"{rule.name}: {rule.verdict}"
        if rule.verdict is Verdict.FAIL:
            print(f"  seed {config.seed}: {rule.name}: {rule.worst.note}")


def main(seeds: int) -> None:
    """Print the counts of each preset."""
    for preset in _PRESETS:
        found = Counter(each for config in panels(preset, seeds) for each in verdicts(config))
        print(f"{preset}, {2 * seeds} panels: {dict(found) or 'all pass'}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)

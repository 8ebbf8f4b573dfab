"""What the correlation chart says, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capgen.quality.expected.dynamic import is_dynamic
from capgen.quality.findings import Verdict
from capgen.report.rows import Rows
from capgen.report.tables import Tables

_NOISE_TARGETS = "Measured on cells neither clipped nor spiked, which lowers it."
_TWIN_TARGETS = (
    "States and shapes add to the noise's correlation; the targets are those of a second panel of "
    "this configuration, from other draws."
)


def correlation_caption(tables: Tables, rows: Rows) -> str:
    """Return the main finding on correlations.

    Args:
        tables: the report's tables.
        rows: those of the correlation chart that are shown.
    """
    rows = [row for row in rows if None not in (row["measured"], row["target"])]
    has_twin = is_dynamic(tables.config)
    if not rows:
        left = "none is shown" if has_twin else "the targets stand alone"
        return f"The dataset is too small to measure a correlation; {left}."
    row = max(reversed(rows), key=_distance)
    failed = sum(each["verdict"] == Verdict.FAIL for each in rows)
    verdict = f"{failed} of {len(rows)} fail" if failed else f"All {len(rows)} pass"
    how = _TWIN_TARGETS if has_twin else _NOISE_TARGETS
    pair = f"{row['pair']} of {row['archetype']}"
    distance = f"{row['measured']:.2f} against {row['target']:.2f}"
    return f"{verdict} the check; the furthest from its target is {pair}: {distance}. {how}"


def _distance(row: Mapping[str, Any]) -> float:
    return float(abs(row["measured"] - row["target"]))

"""The kinds of manifest beside that of a build, by the name that each gives itself."""

from __future__ import annotations

from capgen.dataset.rollup_manifest import RollupManifest
from capgen.dataset.telemetry_manifest import TelemetryManifest

OTHER_KINDS: dict[str, type[RollupManifest | TelemetryManifest]] = {
    "rollup": RollupManifest,
    "telemetry": TelemetryManifest,
}

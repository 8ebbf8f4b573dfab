"""Reads the manifest of what capgen wrote, whatever its kind."""

from __future__ import annotations

from pathlib import Path

from capgen.dataset.manifest import Manifest, read_manifest
from capgen.dataset.manifest_base import kind_of
from capgen.dataset.other_kinds import OTHER_KINDS
from capgen.dataset.rollup_manifest import RollupManifest
from capgen.dataset.telemetry_manifest import TelemetryManifest
from capgen.storage.files import file_of
from capgen.storage.layout import MANIFEST
from capgen.storage.store.errors import plain_errors

AnyManifest = Manifest | RollupManifest | TelemetryManifest


def read_any_manifest(folder: Path) -> AnyManifest:
    """Read the manifest of a build, a rollup or telemetry.

    Args:
        folder: the folder that holds it.

    Raises:
        RequestError: the folder has no manifest.
        CapgenError: the manifest is damaged, or of a version that this capgen does not know.
    """
    path = folder / MANIFEST
    with plain_errors(folder):
        file_of(path).check_is_file()
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    kind = OTHER_KINDS.get(kind_of(text))
    return read_manifest(folder) if kind is None else kind.parse(path, text)

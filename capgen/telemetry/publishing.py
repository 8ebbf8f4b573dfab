"""Writes what makes telemetry whole: its manifest, last."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from capgen.dataset import content
from capgen.dataset.manifest_making import library_versions
from capgen.dataset.telemetry_manifest import TelemetryManifest
from capgen.storage.files import write_whole
from capgen.storage.layout import MANIFEST_SCHEMA
from capgen.telemetry.choosing import Choice
from capgen.telemetry.continuity import servers_by_type
from capgen.telemetry.pipeline import Loaded
from capgen.telemetry.readers.given_files import GivenFile
from capgen.version import __version__


def publish(room: Path, choice: Choice, files: Sequence[GivenFile], loaded: Loaded) -> None:
    """Write the manifest of telemetry whose data files are written.

    Args:
        room: the folder with the data files.
        choice: the reader and the mapping.
        files: the exports.
        loaded: what became of them.
    """
    entries = sorted(loaded.files, key=lambda entry: entry.path)
    digest = content.combined(int(entry.content_digest, 16) for entry in entries)
    treated = loaded.treatment
    manifest = TelemetryManifest(
        kind="telemetry",
        telemetry_version=1,
        capgen_version=__version__,
        library_versions=library_versions(),
        reader=choice.mapping.reader,
        mapping=choice.mapping.model_dump(mode="json", by_alias=True, exclude_defaults=True),
        sources=[file.entry for file in files],
        account=list(loaded.account),
        granularity=treated.granularity,
        first_timestamp=min(entry.first_timestamp for entry in entries),
        last_timestamp=max(entry.last_timestamp for entry in entries),
        metrics=[each.column for each in treated.metrics],
        sample_counts=treated.sample_counts,
        labels=list(loaded.labels.names),
        holidays=choice.mapping.holidays,
        servers=servers_by_type(loaded.continuity.servers),
        rows=sum(entry.rows for entry in entries),
        content_digest=content.as_text(digest),
        files=entries,
        side_files=[],
    )
    write_whole(room / MANIFEST_SCHEMA, TelemetryManifest.schema_text())
    manifest.signed().write(room)

"""Checks that a build from a dataset's configuration made the same cells again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from capgen.dataset.differences import differing_keys
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.errors import CapgenError


def is_remade(origin: str, before: Manifest, out: Path, on_note: Callable[[str], None]) -> bool:
    """Compare a new dataset with the one whose configuration it was built from.

    Args:
        origin: the name of the earlier dataset, or of its manifest.
        before: the earlier dataset's manifest, read before the build.
        out: the folder of the new dataset.
        on_note: called with a line that says why nothing is compared.

    Returns:
        True if all cells are the same; False if flags changed the configuration.

    Raises:
        CapgenError: the configuration is the same, but cells differ.
    """
    after = read_manifest(out)
    changes = differing_keys(before.config, after.config)
    if changes:
        on_note(f"not compared with {origin}: flags changed {changes}")
        return False
    if after.content_digest != before.content_digest:
        raise CapgenError(
            f"{out}: expected the content digest of {origin}, {before.content_digest}, got "
            f"{after.content_digest}; it was built by {before.made_by}, and this by "
            f"{after.made_by}; use these versions"
        )
    return True

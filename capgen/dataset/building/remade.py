"""Whether a build made the dataset again that its configuration is from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from capgen.dataset.differences import differing_keys
from capgen.dataset.manifest import Manifest, read_manifest
from capgen.errors import CapgenError


def is_remade(origin: str, before: Manifest, out: Path, on_note: Callable[[str], None]) -> bool:
    """Compare what was built with the dataset whose configuration it was built from.

    Args:
        origin: the name of that dataset, or of its manifest.
        before: its manifest, as it was before the build.
        out: the folder that was built.
        on_note: called with a line that says why nothing is compared.

    Returns:
        True where all cells are the same; False where the configuration is another.

    Raises:
        CapgenError: the configuration is the same, and cells are not.
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

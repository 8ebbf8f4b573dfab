"""Whether a build with --from made the same dataset again."""

from pathlib import Path
from typing import TYPE_CHECKING

from capgen.cli.text import note
from capgen.errors import CapgenError

if TYPE_CHECKING:
    from capgen.dataset.manifest import Manifest


def manifest_before(origin: str | None) -> "Manifest | None":
    """Read what --from names; before the build, which may replace it.

    Args:
        origin: the dataset, or its manifest; None without --from.

    Raises:
        RequestError: there is no manifest.
        CapgenError: it is damaged, or of a version that this capgen does not know.
    """
    from capgen.dataset.manifest import read_origin
    from capgen.storage.location import locate

    return None if origin is None else read_origin(locate(origin))


def is_remade(origin: str | None, before: "Manifest", out: Path) -> bool:
    """Compare what was built with the dataset whose configuration it was built from.

    Args:
        origin: what --from names.
        before: its manifest, as it was before the build.
        out: the folder that was built.

    Returns:
        True where all cells are the same; False where flags changed the configuration, which is said.

    Raises:
        CapgenError: the configuration is the same, and cells are not.
    """
    from capgen.dataset.differences import differing_keys
    from capgen.dataset.manifest import read_manifest

    after = read_manifest(out)
    changes = differing_keys(before.config, after.config)
    if changes:
        note(f"not compared with {origin}: flags changed {changes}")
        return False
    if after.content_digest != before.content_digest:
        raise CapgenError(
            f"{out}: expected the content digest of {origin}, {before.content_digest}, got "
            f"{after.content_digest}; it was built by {before.made_by}, and this by {after.made_by}; "
            "use these versions"
        )
    return True

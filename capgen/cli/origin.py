"""Whether a build with --from made the same dataset again."""

from pathlib import Path

from capgen.cli.text import note
from capgen.errors import CapgenError


def is_remade(origin: str, out: Path) -> bool:
    """Compare what was built with the dataset whose configuration it was built from.

    Args:
        origin: the dataset, or its manifest.
        out: the folder that was built.

    Returns:
        True where all cells are the same; False where flags changed the configuration, which is said.

    Raises:
        CapgenError: the configuration is the same, and cells are not.
    """
    from capgen.dataset.differences import differing_keys
    from capgen.dataset.location import locate
    from capgen.dataset.manifest import read_manifest, read_origin

    before = read_origin(locate(origin))
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

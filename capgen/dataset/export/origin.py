"""What an export says of where its rows come from."""

from __future__ import annotations

from collections.abc import Mapping

from capgen.dataset.export.formats import DELTA
from capgen.dataset.manifest import Manifest
from capgen.errors import RequestError
from capgen.storage.output import Output, output
from capgen.storage.streams import STANDARD_OUTPUT


def origin_of(manifest: Manifest) -> Mapping[str, str]:
    """Return where the rows come from, as the metadata of an export says it.

    Args:
        manifest: of the dataset.
    """
    return {
        "capgen.version": manifest.capgen_version,
        "capgen.seed": str(manifest.seed),
        "capgen.config_digest": manifest.config_digest,
        "capgen.citation": manifest.citation,
    }


def citation_file(target: str, kind: str, *, overwrite: bool) -> Output:
    """Return the place beside an export that says what to cite.

    Args:
        target: of the export, as it was given.
        kind: of the export.
        overwrite: replace a file that is there.

    Raises:
        RequestError: there is none beside a stream or a table, or it may not be written.
    """
    if kind == DELTA or target == STANDARD_OUTPUT:
        raise RequestError(
            f"--citation: expected the name of a file to put it beside, got {target!r}"
        )
    return output(f"{target}.citation.txt", overwrite=overwrite)

"""Says beside an export which dataset its rows come from."""

from __future__ import annotations

from capgen.dataset.export.formats.delta import DELTA
from capgen.errors import RequestError
from capgen.storage.output import Output, output
from capgen.storage.streams import STANDARD_OUTPUT


def citation_file(target: str, kind: str, *, overwrite: bool) -> Output:
    """Return the place of the file beside an export that says what to cite.

    Args:
        target: the target of the export, as the user wrote it.
        kind: the export's format.
        overwrite: replace an existing file.

    Raises:
        RequestError: the export is a stream or a table, which has no file beside it, or the file
            may not be written.
    """
    if kind == DELTA or target == STANDARD_OUTPUT:
        raise RequestError(
            f"--citation: expected the name of a file to put it beside, got {target!r}"
        )
    return output(f"{target}.citation.txt", overwrite=overwrite)

"""The page and the picture of a comparison: panels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from capgen.report.libraries import require_libraries
from capgen.storage.output import output
from capgen.twins.compare.comparison import Comparison
from capgen.twins.compare.panel import Panel
from capgen.twins.compare.sketch import sketch


def write_comparison(
    found: Comparison, panels: Sequence[Panel], out: Path, *, overwrite: bool = False
) -> tuple[Path, Path]:
    """Write `comparison.html` and `comparison.png`.

    Args:
        found: the outcome of a comparison.
        panels: the reference, then the candidates.
        out: folder to write into; it is made where there is none.
        overwrite: whether to replace a page that is there.

    Returns:
        The two files.

    Raises:
        RequestError: the libraries that draw are missing, or the files may not be written.
        CapgenError: a file cannot be read.
    """
    require_libraries()
    from capgen.report.beside.drawing import draw

    paths = (out / "comparison.html", out / "comparison.png")
    places = [output(path, overwrite=overwrite) for path in paths]
    page, picture = draw(found, sketch(panels))
    places[0].write(page.encode())
    places[1].write(picture)
    return paths

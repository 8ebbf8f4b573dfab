"""The page and the picture of a comparison: panels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from capgen.report.libraries import require_libraries
from capgen.storage.output import Output, output
from capgen.twins.compare.comparison import Comparison
from capgen.twins.compare.panel import Panel
from capgen.twins.compare.sketch import sketch


class ComparisonPlaces(NamedTuple):
    """Where the page and the picture go.

    Args:
        page: the place of `comparison.html`.
        picture: the place of `comparison.png`.
    """

    page: Output
    picture: Output


def comparison_places(out: Path, *, overwrite: bool = False) -> ComparisonPlaces:
    """Return where the page and the picture go; to ask is quick, so ask before the comparison.

    Args:
        out: folder to write into; it is made where there is none.
        overwrite: whether to replace a page that is there.

    Raises:
        RequestError: the libraries that draw are missing, or the files may not be written.
    """
    require_libraries()
    page = output(out / "comparison.html", overwrite=overwrite)
    return ComparisonPlaces(page, output(out / "comparison.png", overwrite=overwrite))


def write_comparison(found: Comparison, panels: Sequence[Panel], places: ComparisonPlaces) -> None:
    """Write the page and the picture.

    Args:
        found: the outcome of a comparison.
        panels: the reference, then the candidates.
        places: where they go.

    Raises:
        CapgenError: a file cannot be read.
    """
    from capgen.report.beside.drawing import draw

    page, picture = draw(found, sketch(panels))
    places.page.write(page.encode())
    places.picture.write(picture)

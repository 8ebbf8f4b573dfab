"""`report`: a dashboard of a dataset, as one page that needs no network and as one picture."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from capgen.dataset.any_manifest import read_any_manifest
from capgen.quality.check import check_source
from capgen.quality.source import open_source
from capgen.report.libraries import require_libraries
from capgen.report.tables import read_tables
from capgen.storage.location import locate
from capgen.storage.output import output


class ReportPaths(NamedTuple):
    """The files of a report.

    Args:
        page: HTML that holds all it needs.
        picture: the same as PNG.
    """

    page: Path
    picture: Path


def write_report(folder: Path | str, out: Path | str, *, overwrite: bool = False) -> ReportPaths:
    """Write a dashboard of a dataset: `dashboard.html` and `dashboard.png`.

    Args:
        folder: the dataset's folder.
        out: folder to write into; it is made where there is none.
        overwrite: whether to replace a report that is there.

    Returns:
        The two files.

    Raises:
        RequestError: there is no such dataset, the libraries that draw are missing, or the files
            may not be written.
        CapgenError: a file cannot be read.
    """
    require_libraries()
    from capgen.report.drawing import draw

    folder = locate(folder)
    out = locate(out)
    manifest = read_any_manifest(folder)
    paths = ReportPaths(out / "dashboard.html", out / "dashboard.png")
    page_place, picture_place = (output(path, overwrite=overwrite) for path in paths)
    with open_source(folder, None) as source:
        verdicts = check_source(source)  # first: it takes the most memory
        tables = read_tables(source)
    page, picture = draw(f"capgen: {folder.resolve().name}", manifest, tables, verdicts)
    page_place.write(page.encode())
    picture_place.write(picture)
    return paths

"""Lays panels beside a reference."""

from __future__ import annotations

from datetime import date

from capgen.system.paths import StrPath
from capgen.twins.compare.comparison import Comparison
from capgen.twins.compare.setting import Setting


def compare(
    reference: StrPath,
    *candidates: StrPath,
    holdout: StrPath | None = None,
    since: date | None = None,
    until: date | None = None,
    to: str | None = None,
    rivals: bool = False,
) -> Comparison:
    """Say how alike panels are to a reference, beside how alike they could be.

    Each measure has a floor: what the reference's own other half gets, or the holdout. Halves are
    compared in both directions. The outcome has the same bits for any number of threads and any
    order of files.

    Args:
        reference: folder of a dataset: a build, a rollup or telemetry.
        candidates: folders of datasets to lay beside it.
        holdout: folder of other real data, in place of the reference's halves.
        since: first day to compare; by default the first that each has.
        until: last day to compare; by default the last that each has.
        to: step to roll all of them up to, such as `hourly`.
        rivals: whether to add what copies of the reference would get.

    Returns:
        The outcome, with the frames `table`, `facts` and `scores`.

    Raises:
        RequestError: a folder is no dataset, or units, statistics or steps differ.
        CapgenError: a file cannot be read.
    """
    setting = Setting.of(reference, candidates, holdout, since, until, to)
    return setting.comparison(is_with_rivals=rivals)

"""Kills a build at moments spread over it, and shows that nothing ever looks whole that is not.

Run `python -m tests.bench.kill [MOMENTS]`; 30 without a number, and each in which the dataset's own
folder changes. Each moment is tried on a new dataset and on one that is being replaced.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from capgen import build, load_config
from capgen.dataset.manifest import read_manifest
from capgen.storage.inspection import problems
from capgen.storage.marks import is_dataset
from tests.faults import build_killed_at

CONFIG = {"num_servers": 24, "granularity": "hourly", "end_date": "2023-12-31"}


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a dataset that is as its manifest says."""
    manifest = read_manifest(folder)
    found = list(problems(folder, manifest))
    assert not found, found
    return {entry.path: entry.sha256 for entry in manifest.files}


def spread(moments: int, wanted: int) -> Iterator[int]:
    """Yield so many moments, evenly spread."""
    for position in range(wanted):
        yield 1 + position * (moments - 1) // max(wanted - 1, 1)


def build_whole(overrides: dict[str, Any], target: Path, *, overwrite: bool, workers: int) -> None:
    """Build in this process, or go on with what was killed."""
    config = load_config(overrides=overrides, environment={})
    build(config, target, workers=workers, overwrite=overwrite)


def assert_it_goes_on(
    target: Path, config: dict[str, Any], old: dict[str, str] | None, new: dict[str, str]
) -> None:
    """Show that what a kill has left is absent or whole, and that the same build then makes it.

    Args:
        target: the dataset's folder.
        config: what was built when the process was killed.
        old: digests of the dataset that was being replaced, if any.
        new: those of the dataset that was built.
    """
    if is_dataset(target):
        assert digests(target) in (old, new)
    else:
        assert not target.exists()
        assert old is None, "the old dataset is gone"
    build_whole(config, target, overwrite=old is not None, workers=2)
    assert digests(target) == new
    begun = f".{target.name}."
    assert not [each.name for each in target.parent.iterdir() if each.name.startswith(begun)]


def kill_at_each(wanted: int, folder: Path, config: dict[str, Any], *, overwrite: bool) -> int:
    """Kill and resume a build at moments spread over it, and where its folder changes.

    Args:
        wanted: number of moments spread over it.
        folder: for the datasets.
        config: what is built.
        overwrite: replace a dataset.

    Returns:
        How many moments it was killed at.
    """
    old = {**config, "seed": 1}
    new = {**config, "seed": 2}
    build_whole(old, folder / "old", overwrite=False, workers=2)
    expected_old = digests(folder / "old") if overwrite else None
    if overwrite:
        shutil.copytree(folder / "old", folder / "whole")
    moments = build_killed_at(0, new, folder / "whole", overwrite=overwrite)
    expected_new = digests(folder / "whole")
    in_the_open = {number for number, shown in enumerate(moments, start=1) if shown}
    fatal = sorted(in_the_open.union(spread(len(moments), wanted)))
    for number, moment in enumerate(fatal):
        target = folder / f"data {number}"
        if overwrite:
            shutil.copytree(folder / "old", target)
        build_killed_at(moment, new, target, overwrite=overwrite)
        assert_it_goes_on(target, new, expected_old, expected_new)
    return len(fatal)


def main() -> None:
    """Try both kinds of build and say how many moments there are."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    for overwrite in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            moments = kill_at_each(wanted, Path(folder), CONFIG, overwrite=overwrite)
        kind = "replacing a dataset" if overwrite else "a new dataset"
        print(
            f"{kind}: killed at {moments} moments, "
            "each time absent or whole, then equal after resuming"
        )


if __name__ == "__main__":
    main()

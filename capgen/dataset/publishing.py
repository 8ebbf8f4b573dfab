"""Makes a dataset appear whole: built beside its folder, renamed when complete."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from capgen.dataset.layout import is_dataset, replaced_folder, staging_folder
from capgen.errors import RequestError


def check_target(out: Path, *, overwrite: bool) -> None:
    """Check that a dataset may be built into a folder.

    Args:
        out: the dataset's folder.
        overwrite: whether a dataset that is there may be replaced.

    Raises:
        RequestError: a file is there, or a folder that capgen did not make, or a dataset and no overwrite.
    """
    if not out.name:
        raise RequestError(f"out: expected a folder with a name of its own, got {str(out)!r}")
    if not out.exists():
        return
    if not out.is_dir():
        raise RequestError(f"out: expected a folder, got the file {str(out)!r}; name another with --out")
    if not any(out.iterdir()):
        return
    if not is_dataset(out):
        raise RequestError(
            f"out: expected an empty or new folder, got {str(out)!r}, which holds something that capgen did not make; "
            "name another with --out"
        )
    if not overwrite:
        raise RequestError(f"out: {str(out)!r} holds a dataset already; add --overwrite to replace it")


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """Give a folder to build in, and put it in the dataset's place when the block ends well.

    Args:
        out: the dataset's folder, as approved by `check_target`.

    Yields:
        An empty folder on the same file system. It is deleted when the block raises.
    """
    staging, replaced = staging_folder(out), replaced_folder(out)
    for leftover in (staging, replaced):
        shutil.rmtree(leftover, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        yield staging
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    if out.exists():
        out.rename(replaced)
    staging.rename(out)
    shutil.rmtree(replaced, ignore_errors=True)

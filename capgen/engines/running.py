"""Builds, extends and repairs datasets with an engine chosen by name."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date

from capgen.config import Config
from capgen.dataset.building.build import BuildResult, Engine, OnNote, OnRows, build_dataset
from capgen.dataset.building.extending import extended_config
from capgen.dataset.building.repair import repair_dataset
from capgen.dataset.manifest import read_manifest
from capgen.engines.ray import CLIENT_ADDRESS, ray_engine
from capgen.engines.threads import check_workers, thread_engine
from capgen.errors import RequestError
from capgen.storage.location import locate
from capgen.system.paths import StrPath


def build(
    config: Config,
    out: StrPath | None = None,
    *,
    engine: str = "local",
    workers: int | None = None,
    memory: int | None = None,
    file_size: int | None = None,
    overwrite: bool = False,
    rewrite_past: bool = False,
    on_rows: OnRows = lambda _rows: None,
    on_note: OnNote = lambda _note: None,
) -> BuildResult:
    """Build a dataset; go on with an interrupted build, extend a dataset to a later end date.

    Args:
        config: the panel's configuration.
        out: the dataset's folder; by default the configuration's `out`.
        engine: `local` for threads of this process; `ray` for tasks of the cluster that
            RAY_ADDRESS names, or, without that, of processes on this machine; `ray://HOST:PORT`
            for tasks of another cluster. All nodes must see the dataset's folder.
        workers: number of workers; by default one for each processor. The files do not depend on
            it.
        memory: bytes to stay within, by fewer workers, and by smaller row groups if it is too
            little for one worker; with Ray, bytes for each worker.
        file_size: bytes to aim at for each file; by default 128 MB.
        overwrite: replace a dataset of another configuration. A folder that capgen did not make is
            never replaced.
        rewrite_past: extend a dataset even if its present values change, as they do with
            `growth.trend: window`.
        on_rows: called with the number of rows just written, from any thread.
        on_note: called before the build with a line that says what is kept of an earlier one.

    Returns:
        What was written.

    Raises:
        RequestError: the folder cannot be built into, workers is below 1, or there is no such
            engine; nothing was written.
        CapgenError: another process writes the dataset, the existing dataset is damaged, or the
            cluster failed.
        OSError: a file could not be written. Complete files are kept for the next build, and an
            existing dataset stays as it was.
    """
    return build_dataset(
        config,
        out,
        named_engine(engine, workers, memory),
        memory=memory,
        file_bytes=file_size,
        overwrite=overwrite,
        rewrite_past=rewrite_past,
        on_rows=on_rows,
        on_note=on_note,
    )


def extend(
    data: StrPath,
    end_date: date | str,
    *,
    rewrite_past: bool = False,
    engine: str = "local",
    workers: int | None = None,
    memory: int | None = None,
    on_rows: OnRows = lambda _rows: None,
    on_note: OnNote = lambda _note: None,
) -> BuildResult:
    """Extend a dataset to a later day; all else stays as its manifest says.

    Args:
        data: the dataset's folder.
        end_date: the new last day.
        rewrite_past: as for a build.
        engine: as for a build.
        workers: as for a build.
        memory: as for a build.
        on_rows: as for a build.
        on_note: as for a build.

    Returns:
        What was written.

    Raises:
        RequestError: the folder is no dataset, the day is not later, or present values would
            change; nothing was written.
        CapgenError: another process writes the dataset, the dataset is damaged, or the cluster
            failed.
    """
    config = extended_config(read_manifest(locate(data)), end_date)
    return build(
        config,
        data,
        engine=engine,
        workers=workers,
        memory=memory,
        rewrite_past=rewrite_past,
        on_rows=on_rows,
        on_note=on_note,
    )


def repair(
    data: StrPath,
    *,
    engine: str = "local",
    workers: int | None = None,
    on_rows: OnRows = lambda _rows: None,
) -> list[str]:
    """Remake exactly the missing and altered files of a dataset from its manifest.

    Args:
        data: the dataset's folder.
        engine: as for a build.
        workers: as for a build.
        on_rows: as for a build.

    Returns:
        The paths of the files that were remade, relative to the folder.

    Raises:
        RequestError: the folder is no dataset, workers is below 1, or there is no such engine.
        CapgenError: a remade file differs from the manifest, or the cluster failed.
    """
    run_by = named_engine(engine, workers)
    return repair_dataset(locate(data), run_by, watch=lambda _rows: nullcontext(on_rows))


def named_engine(name: str, workers: int | None, memory: int | None = None) -> Engine:
    """Return an engine by its name.

    Args:
        name: as in `build`.
        workers: as in `build`.
        memory: as in `build`.

    Raises:
        RequestError: workers is below 1, or there is no such engine.
    """
    check_workers(workers)
    if name == "local":
        return thread_engine(workers, memory)
    if name == "ray" or name.startswith(CLIENT_ADDRESS):
        return ray_engine(name, workers, memory)
    raise RequestError(f"--engine: expected local, ray or {CLIENT_ADDRESS}HOST:PORT, got {name!r}")

"""What a dataset should be: as a configuration says, or as its manifest does."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from capgen.config import Config, load_config
from capgen.config.holiday_days import with_days
from capgen.config.resolved_days import HolidayDays
from capgen.dataset.any_manifest import read_any_manifest
from capgen.dataset.description import Description, description_of
from capgen.dataset.manifest import read_manifest
from capgen.errors import CapgenError, RequestError
from capgen.version import __version__

_NO_ORIGIN = "no manifest says what the data was made from"


class Declared(NamedTuple):
    """What a dataset should be.

    Args:
        model: the configuration that it should follow; None for data that was loaded.
        described: what its rows should be.
        origin: the configuration that the data was made from, where this version of capgen made it;
            else why nothing can be remade.
    """

    model: Config | None
    described: Description
    origin: Config | str


def declared_of(folder: Path, config_file: Path | None) -> Declared:
    """Return what a dataset should be.

    Args:
        folder: the dataset's folder.
        config_file: the configuration that it should follow; by default that of its manifest.

    Raises:
        RequestError: nothing says what to expect.
        CapgenError: a file cannot be read.
    """
    if config_file is not None:
        wanted = with_days(load_config(config_file), _days_kept(folder))
        return Declared(wanted, description_of(wanted), _origin(folder))
    try:
        manifest = read_any_manifest(folder)
        model = manifest.model()
        if model is None:
            return Declared(None, manifest.description(), _NO_ORIGIN)
    except RequestError as error:
        raise RequestError(f"{error}; say what to expect with capgen check --config FILE") from None
    return Declared(model, description_of(model), _remade_from(model, manifest.capgen_version))


def _days_kept(folder: Path) -> HolidayDays | None:
    """Return the holidays that a manifest names; None without a manifest that can be read."""
    try:
        return read_manifest(folder).holiday_days
    except CapgenError:
        return None


def _origin(folder: Path) -> Config | str:
    """Return the configuration that the data was made from, or why that is not known."""
    try:
        manifest = read_manifest(folder)
        return _remade_from(manifest.load_config(), manifest.capgen_version)
    except RequestError:
        return _NO_ORIGIN
    except CapgenError as error:
        return str(error)


def _remade_from(config: Config, version: str) -> Config | str:
    """Return a configuration if this version makes of it what that version of capgen made."""
    if version == __version__:
        return config
    return f"made by capgen {version}, and this is {__version__}: only that version can remake it"

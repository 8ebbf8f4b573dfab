"""Which format to write: what the user chose, or what a file's name says."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from capgen.dataset.export.formats import KINDS
from capgen.dataset.export.formats.delta import DELTA
from capgen.errors import RequestError


def kind_of(target: str, given: str | None) -> str:
    """Return the format to write.

    Args:
        target: a file's name, or `delta:FOLDER`.
        given: the format that the user chose; by default the name's ending says it, in any case.

    Raises:
        RequestError: the ending is unknown, or says another format than the user chose.
    """
    ending = _said_kind(target)
    kind = given or ending
    if kind is None:
        endings = ", ".join(f".{known}" for known in KINDS)
        raise RequestError(
            f"expected a name that ends in {endings}, or delta:FOLDER, or --format; got {target!r}"
        )
    if ending not in {None, kind}:
        raise RequestError(
            f"FILE and --format: expected the same format in both, got {target!r} and {kind}"
        )
    return kind


def _said_kind(target: str) -> str | None:
    """Return the format that a name says."""
    if target.startswith(f"{DELTA}:"):
        return DELTA
    name = Path(target).name.lower()
    kinds = (kind for kind in KINDS if name.endswith(f".{kind}") and name != f".{kind}")
    return next(kinds, None)


def check_installed(kind: str) -> None:
    """Check that the library for a format is installed.

    Args:
        kind: the format.

    Raises:
        RequestError: the library is missing; the message says how to install it.
    """
    if kind == DELTA and importlib.util.find_spec("deltalake") is None:
        raise RequestError(
            'delta: expected the library deltalake, found none; type: pip install "capgen[delta]"'
        )

"""Names that settings refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def unknown_names(path: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """Yield a problem for each name that is not known.

    Args:
        path: path of the section that has the names.
        names: the configured names.
        known: names that could be there.
    """
    for name in names:
        if name not in known:
            yield f"{path}: expected one of {', '.join(known)}, got {name!r}"

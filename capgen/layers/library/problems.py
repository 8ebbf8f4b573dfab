"""What may be wrong with the use of a library beside the rest of a configuration."""

from __future__ import annotations

from collections.abc import Iterator

from capgen.layers.known import Known
from capgen.layers.library.settings import LibraryUse
from capgen.layers.library.taking import chosen_rows
from capgen.settings.names import unknown_names


def use_problems(settings: LibraryUse, known: Known) -> Iterator[str]:
    """Yield what the library lacks, and more servers than it has rows for.

    Args:
        settings: of the library.
        known: the rest of the configuration.
    """
    metrics = list(settings.library.facts.metrics)
    if metrics != known.drawn:
        yield (
            f"{known.path}: expected the drawn metrics {', '.join(known.drawn)}, in this order, "
            f"got a library of {', '.join(metrics)}"
        )
    yield from unknown_names(f"{known.path}.level", settings.level or {}, metrics)
    labels = settings.library.labels
    strange = list(unknown_names(f"{known.path}.where", settings.where or {}, labels))
    yield from strange
    if not strange:
        yield from _row_problems(settings, known)


def _row_problems(settings: LibraryUse, known: Known) -> Iterator[str]:
    rows = len(chosen_rows(settings))
    if not rows:
        yield f"{known.path}.where: expected rows that have these labels, got none"
    elif settings.use == "twin" and known.num_servers > rows:
        yield (
            f"num_servers: expected at most {rows:,}, the rows of the library, with use: twin, "
            f"got {known.num_servers:,}; --set {known.path}.use=draw makes more"
        )

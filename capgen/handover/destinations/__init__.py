"""The programs that a dataset is handed over to: a module each, named like the destination."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from capgen.errors import RequestError

if TYPE_CHECKING:
    from capgen.handover.destination import Destination

# In the order of the documentation. Names alone: a module is loaded when it is asked for, because
# `capgen --help` must not wait for Polars.
DESTINATIONS = (
    "nixtla",
    "gluonts",
    "autogluon",
    "darts",
    "prophet",
    "tsb-ad",
    "timeeval",
    "prometheus",
    "influx",
    "otlp",
    "victoriametrics",
    "postgres",
    "timescale",
    "clickhouse",
)


def destination_of(name: str) -> Destination:
    """Return a destination.

    Args:
        name: its name.

    Raises:
        RequestError: there is none of that name.
    """
    if name not in DESTINATIONS:
        from capgen.config.suggest import nearest  # with the configuration comes Polars

        raise RequestError(
            f"--for: expected one of {', '.join(DESTINATIONS)}, "
            f"got {name!r}{nearest(name, DESTINATIONS)}"
        )
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    found: Destination = module.DESTINATION
    return found


def destinations() -> Iterator[Destination]:
    """Yield all destinations, in order."""
    return map(destination_of, DESTINATIONS)

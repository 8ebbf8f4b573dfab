"""The ledger: what happened to whom, when and why, and when values are missing.

No real telemetry tells that.
"""

from __future__ import annotations

from collections.abc import Iterator

from capgen.config import Config
from capgen.layers.ledger_line import Line
from capgen.panel.fleet import server_frame
from capgen.panel.layered import facts_of, switched_on


def ledger(config: Config) -> Iterator[Line]:
    """Yield the stretches of time in which something touches cells of the panel.

    Single missing values are not among them: a null that no stretch covers is its own label.

    Args:
        config: the panel's configuration.

    Yields:
        Keys id, type (of an event; or gap, unborn, retired: there is no value), scope, subject,
        servers (ids, sorted), metrics (columns, derived ones included), start and end (ISO 8601;
        the end is no part of it; null where there is none), magnitude (null where there is no
        value), cause.
    """
    servers = server_frame(config).sort("server_id")
    for layer, settings in switched_on(config):
        yield from layer.ledger(settings, facts_of(config), servers)

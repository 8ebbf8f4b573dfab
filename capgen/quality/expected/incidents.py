"""The events of a panel, as its configuration implies them."""

from __future__ import annotations

import polars as pl

from capgen.config import Config
from capgen.layers.events.touched import Touched, touched_cells
from capgen.panel.layered import facts_of


def events_of(config: Config, servers: pl.DataFrame) -> list[Touched]:
    """Return the events that touch some servers, as in `touched_cells`, over the whole time axis.

    Args:
        config: the panel's configuration.
        servers: the server frame.
    """
    events = config.layers.events
    if events is None:
        return []
    return touched_cells(events, facts_of(config), servers, config.axis.span)

"""Shared movement: what servers of an app, a region or the fleet have in common.

They share part of their noise, and of their changes of state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

import polars as pl
from pydantic import Field, model_validator

from capgen.draws.sharing import Sharing
from capgen.layers.layer import Layer
from capgen.layers.scope import Shared
from capgen.settings.types import Probability, Section

_COLUMNS = {"app": "app_name", "region": "region", "fleet": None}


class Share(Section):
    """Which share of the noise's variance, and of the changes of state, is common to a group.

    Attributes:
        noise: of the noise's variance.
        states: of the changes of state.
    """

    noise: Probability = 0
    states: Probability = 0


class SharedMovement(Section):
    """What servers of an app, of a region, or all, have in common.

    Attributes:
        app: what the servers of an app have in common.
        region: what the servers of a region have in common.
        fleet: what all servers have in common.
    """

    app: Share = Field(default_factory=Share)
    region: Share = Field(default_factory=Share)
    fleet: Share = Field(default_factory=Share)

    @model_validator(mode="after")
    def _shares_fit(self) -> Self:
        for what in ("noise", "states"):
            total = sum(getattr(each, what) for each in (self.app, self.region, self.fleet))
            if total > 1:
                raise ValueError(f"expected shares of {what} that sum to at most 1, got {total:g}")
        return self


class SharedMovementLayer(Layer[SharedMovement]):
    """Movement that servers have in common."""

    name = "shared_movement"
    key = "layers.shared_movement"
    example = "{app: {noise: 0.2}, region: {noise: 0.1, states: 0.1}, fleet: {noise: 0.05}}"
    has_closed_form = False

    def shared(
        self, settings: SharedMovement, servers: pl.DataFrame, what: Shared
    ) -> Iterator[Sharing]:
        """Yield what apps, regions and the fleet share."""
        for scope, column in _COLUMNS.items():
            share = getattr(getattr(settings, scope), what)
            if share:
                names = [""] * servers.height
                if column:
                    names = servers[column].cast(pl.String).to_list()
                groups = {name: number for number, name in enumerate(dict.fromkeys(names))}
                subjects = [f"{scope}:{name}" for name in groups]
                yield Sharing(share, subjects, [groups[name] for name in names])

"""Server growth: each server grows at a rate around its archetype's, some of them downwards."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from capgen.draws.arrays import Floats
from capgen.draws.once import lasting_normals
from capgen.layers.growth import RATE
from capgen.layers.layer import Layer
from capgen.layers.servers import Servers
from capgen.settings.types import Section


class ServerGrowth(Section):
    """How much the growth of servers differs from that of their archetype.

    Attributes:
        sd_percent_per_month: of the servers' rates around the archetype's.
    """

    sd_percent_per_month: Annotated[float, Field(ge=0, le=1000)]


class ServerGrowthLayer(Layer[ServerGrowth]):
    """Rates of growth that differ between servers."""

    name = "server_growth"
    key = "layers.server_growth"
    example = "{sd_percent_per_month: 1.5}"

    def own_parameters(self, settings: ServerGrowth) -> tuple[str, ...]:
        """Return the rate of growth."""
        return (RATE,)

    def own_values(self, settings: ServerGrowth, path: str, servers: Servers) -> Floats:
        """Return the rates: what they would be, and a normal."""
        (normals,) = lasting_normals(servers.kind.seed, servers.ids, "server growth", 1)
        rates: Floats = servers.parameter(path) + settings.sd_percent_per_month * normals
        return rates

    def makes_servers_differ(self, settings: ServerGrowth) -> bool:
        """Each has a rate of its own."""
        return True

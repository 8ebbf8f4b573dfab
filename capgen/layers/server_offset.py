"""Server offset: per server and metric a lasting multiplier on the mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from capgen.draws.arrays import Floats
from capgen.draws.cholesky import cholesky, correlate
from capgen.draws.correlation import correlation_matrix
from capgen.draws.once import lasting_normals, lognormal
from capgen.layers.answers import Effect, Neutral
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.scope import Kind, Scope
from capgen.layers.servers import Servers
from capgen.settings.names import unknown_names
from capgen.settings.types import Correlation, Frozen, Name, RelativeSd, Section


class ServerOffset(Section):
    """Per server and metric a lasting multiplier on the mean: lognormal with mean 1.

    Attributes:
        sd: of each metric's multiplier.
        correlation: of the logarithms of two metrics' multipliers.
    """

    sd: Frozen[Name, RelativeSd]
    correlation: Frozen[str, Correlation] = Field(default_factory=dict)


class ServerOffsetLayer(Layer[ServerOffset]):
    """Levels that differ between servers."""

    name = "server_offset"
    key = "layers.server_offset"
    example = "{sd: {cpu: 0.3, mem: 0.2}, correlation: {cpu~mem: 0.5}}"
    effects = (Effect("server_offset", 70, "difference of levels between servers"),)

    def problems(self, settings: ServerOffset, known: Known) -> Iterator[str]:
        """Yield unknown metrics, and impossible correlations."""
        yield from unknown_names(f"{known.path}.sd", settings.sd, known.drawn)
        try:
            correlation_matrix(settings.correlation, known.drawn, repair=False)
        except ValueError as error:
            yield f"{known.path}.correlation: {error}"

    def once(self, settings: ServerOffset, servers: Servers) -> dict[str, Floats]:
        """Return the multipliers of the metrics that have an offset."""
        drawn = servers.kind.drawn
        seed = servers.kind.seed
        normals = lasting_normals(seed, servers.ids, "server offset", len(drawn))
        factor = cholesky(correlation_matrix(settings.correlation, drawn, repair=False))
        correlate(factor, normals[:, :, None])
        return {
            _column(key): lognormal(normals[drawn.index(key)], sd)
            for key, sd in settings.sd.items()
        }

    def has_own_means(self, settings: ServerOffset, kind: Kind) -> bool:
        """Tell whether a metric has an offset."""
        return bool(settings.sd)

    def own_means(self, settings: ServerOffset, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Multiply the means by the servers' offsets."""
        for key, mean in means.items():
            mean *= offset_of(scope, key)

    def makes_servers_differ(self, settings: ServerOffset) -> bool:
        """Each has a level of its own."""
        return True

    def neutral(self, settings: ServerOffset, kind: Kind) -> Iterator[Neutral]:
        """Yield servers without offsets."""
        yield Neutral("server_offset", servers={_column(key): 1.0 for key in settings.sd})


def offset_of(scope: Scope, key: str) -> Floats | float:
    """Return the offset of a metric, shape (servers, 1); 1 where it has none.

    Args:
        scope: the servers.
        key: the metric's key.
    """
    return scope.lasting.get(_column(key), 1.0)


def _column(key: str) -> str:
    return f"offset.{key}"

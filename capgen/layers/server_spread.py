"""Spread: parameters of an archetype of which each server draws a value of its own, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, StringConstraints, model_validator

from capgen.draws.arrays import Floats
from capgen.draws.once import lasting_normals, lognormal
from capgen.layers.answers import Effect, Neutral, Parameter
from capgen.layers.growth import RATE
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.scope import Kind, Scope, parameter_column
from capgen.layers.servers import Servers
from capgen.settings.names import unknown_names
from capgen.settings.types import Section

ParameterPath = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39}){0,4}$")
]
_MOST_RELATIVE_SD = 10
_FACTORS = ("business_hours_factor", "weekend_factor")


class Spread(Section):
    """How a parameter differs between servers: × a lognormal of mean 1, or + a normal of mean 0.

    Attributes:
        kind: of the distribution.
        sd: of the factor, or in the parameter's unit.
    """

    kind: Literal["lognormal", "normal"] = "lognormal"
    sd: Annotated[float, Field(ge=0, le=1e6)]

    @model_validator(mode="after")
    def _sd_of_a_lognormal_is_relative(self) -> Self:
        if self.kind == "lognormal" and self.sd > _MOST_RELATIVE_SD:
            raise ValueError(
                f"expected an sd of at most {_MOST_RELATIVE_SD} × the parameter, got {self.sd:g}"
            )
        return self


SERVER_SPREAD = Effect("server_spread", 110, "spread of parameters between servers")
Spreads = Mapping[str, Spread]  # by path of the parameter


class ServerSpread(Layer[Spreads]):
    """Parameters that differ between servers."""

    name = "server_spread"
    key = "archetypes.*.spread"
    example = "{base.cpu: {sd: 0.5}, weekend_factor: {kind: normal, sd: 0.1}}"
    has_closed_form = False
    effects = (SERVER_SPREAD,)

    def problems(self, settings: Spreads, known: Known) -> Iterator[str]:
        """Yield unknown parameters, and those that a profile stands in for."""
        yield from unknown_names(known.path, settings, known.parameters)
        for factor in _FACTORS:
            if known.kind.profile and factor in settings:
                yield (
                    f"{known.path}.{factor}: expected none beside a profile, "
                    "which has a spread of its own"
                )

    def parameters(self, settings: Spreads, drawn: Sequence[str]) -> Iterator[Parameter]:
        """Yield base and sd of each metric."""
        yield from (Parameter(f"base.{key}") for key in drawn)
        yield from (Parameter(f"sd.{key}") for key in drawn)

    def own_parameters(self, settings: Spreads) -> Iterator[str]:
        """Yield the parameters that differ."""
        yield from settings

    def own_values(self, settings: Spreads, path: str, servers: Servers) -> Floats:
        """Return the usual value × a lognormal, or + a normal, within what is possible."""
        spread = settings[path]
        usual = servers.kind.usual(path)
        (normals,) = lasting_normals(servers.kind.seed, servers.ids, f"spread {path}", 1)
        values = _about(usual, spread, normals)
        clipped: Floats = np.clip(values, *servers.kind.limits[path])
        return clipped

    def has_own_means(self, settings: Spreads, kind: Kind) -> bool:
        """Tell whether each server has a base of its own."""
        return any(f"base.{key}" in settings for key in kind.drawn)

    def own_means(self, settings: Spreads, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Multiply the means, which begin at 1, by the servers' own bases."""
        for key, mean in means.items():
            if f"base.{key}" in settings:
                mean *= scope.parameter(f"base.{key}")

    def neutral(self, settings: Spreads, kind: Kind) -> Iterator[Neutral]:
        """Yield, for each parameter, servers that all have the archetype's value."""
        for path in settings:
            if path != RATE:  # growth says that itself
                usual = {parameter_column(path): kind.usual(path)}
                yield Neutral("server_spread", detail=path, servers=usual)


def _about(usual: float, spread: Spread, normals: Floats) -> Floats:
    if spread.kind == "lognormal":
        return usual * lognormal(normals, spread.sd)
    return usual + spread.sd * normals

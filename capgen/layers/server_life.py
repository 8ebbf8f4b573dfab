"""Server life: birth and retirement, and resizing when a level reaches its limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np
import polars as pl
from numpy.typing import NDArray
from pydantic import Field, model_validator

from capgen.draws.arrays import Floats
from capgen.draws.intervals import minutes_of
from capgen.draws.streams import stream
from capgen.layers.answers import Effect, Neutral, Place
from capgen.layers.growth import growth_of
from capgen.layers.known import Known
from capgen.layers.layer import Layer
from capgen.layers.ledger_line import Line, line_without_values, time_text
from capgen.layers.response import respond
from capgen.layers.scope import Kind, PanelFacts, Scope
from capgen.layers.server_offset import offset_of
from capgen.layers.servers import Servers
from capgen.settings.metric import Metrics
from capgen.settings.names import unknown_names
from capgen.settings.types import Day, Name, Probability, Section
from capgen.timeline.epoch import MINUTES_PER_DAY, day_number

_BORN = "life.born"  # days since 1970-01-01
_RETIRED = "life.retired"
_ALWAYS_BEFORE = -(10**9)
_ALWAYS_AFTER = 10**9


class Resize(Section):
    """A server gets larger when a metric's level reaches the limit: metrics fall by the ratio.

    Attributes:
        metric: that decides.
        limit: of its level.
        ratio: by which the server grows.
        metrics: whose values fall by the ratio.
    """

    metric: Name
    limit: Annotated[float, Field(ge=0.001)]
    ratio: Annotated[float, Field(ge=1.1, le=100)]
    metrics: Annotated[tuple[Name, ...], Field(min_length=1)]


class ServerLife(Section):
    """Servers that are born or retired between two days, and resized.

    Attributes:
        first_day: on which a server may be born or retired.
        last_day: on which a server may be born or retired.
        born_share: of the servers, which are born between the two days.
        retired_share: of the servers, which are retired between them.
    """

    first_day: Day
    last_day: Day
    born_share: Probability = 0
    retired_share: Probability = 0
    resize: Resize | None = None

    @model_validator(mode="after")
    def _days_in_order(self) -> ServerLife:
        if self.first_day >= self.last_day:
            raise ValueError("expected first_day before last_day")
        return self


class ServerLifeLayer(Layer[ServerLife]):
    """Servers that come, go and grow larger."""

    name = "server_life"
    key = "layers.server_life"
    example = (
        "{first_day: 2022-01-01, last_day: 2025-12-31, born_share: 0.2, retired_share: "
        "0.1, resize: {metric: cpu, limit: 70, ratio: 2, metrics: [cpu, mem]}}"
    )
    may_be_null = True
    effects = (Effect("resize", 100, "fall after a resize"),)

    def problems(self, settings: ServerLife, known: Known) -> Iterator[str]:
        """Yield unknown metrics."""
        if settings.resize:
            path = f"{known.path}.resize"
            yield from unknown_names(f"{path}.metric", [settings.resize.metric], known.drawn)
            yield from unknown_names(f"{path}.metrics", settings.resize.metrics, known.drawn)

    def once(self, settings: ServerLife, servers: Servers) -> dict[str, NDArray[np.int64]]:
        """Return the day on which each is born, and the first one on which it is no more."""
        lives = np.array([_life(servers.kind.seed, each, settings) for each in servers.ids])
        return {_BORN: lives[:, 0], _RETIRED: lives[:, 1]}

    def has_own_means(self, settings: ServerLife, kind: Kind) -> bool:
        """Tell whether servers are resized."""
        return settings.resize is not None

    def own_means(self, settings: ServerLife, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Divide the means by the ratio for each time that a server was resized."""
        resize = settings.resize
        if resize and set(resize.metrics) & set(means):
            weight = scope.kind.metrics[resize.metric].response.growth
            grown = respond(weight, np.maximum(growth_of(scope), 0.0))
            base = scope.parameter(f"base.{resize.metric}")
            level = base * grown * offset_of(scope, resize.metric)
            factor = resize_factor(resize, level)
            for key, mean in means.items():
                if key in resize.metrics:
                    mean *= factor

    def gaps(self, settings: ServerLife, scope: Scope) -> Iterator[Place]:
        """Yield what lies before a birth or after a retirement."""
        steps_per_day = scope.axis.steps_per_day
        size = scope.span.size
        lives = zip(scope.servers[_BORN], scope.servers[_RETIRED], strict=True)
        for position, days in enumerate(lives):
            ends = (day * steps_per_day - scope.span.first for day in days)
            born, retired = (min(max(end, 0), size) for end in ends)
            for steps in (slice(0, born), slice(retired, size)):
                if steps.start < steps.stop:
                    yield position, steps

    def lasts(self, settings: ServerLife) -> bool:
        """Before its birth and after its end, a server has no values."""
        return True

    def ledger(
        self, settings: ServerLife, panel: PanelFacts, servers: pl.DataFrame
    ) -> Iterator[Line]:
        """Yield the times before a birth and after a retirement."""
        first, stop = minutes_of(panel.axis, panel.axis.span)
        days = servers.select("server_id", _BORN, _RETIRED).iter_rows()
        for server_id, born_day, retired_day in days:
            born = born_day * MINUTES_PER_DAY
            retired = retired_day * MINUTES_PER_DAY
            if born > first:
                yield _line(panel.metrics, server_id, "unborn", (None, time_text(born)))
            if retired < stop:
                yield _line(panel.metrics, server_id, "retired", (time_text(retired), None))

    def makes_servers_differ(self, settings: ServerLife) -> bool:
        """Tell whether servers are resized, each at its own time."""
        return settings.resize is not None

    def neutral(self, settings: ServerLife, kind: Kind) -> Iterator[Neutral]:
        """Yield servers that are never resized."""
        if settings.resize:
            yield Neutral("resize", without=True)


def resize_factor(resize: Resize, levels: Floats) -> Floats:
    """Return what a server's utilisation is multiplied by: 1 / ratio for each time it was resized.

    Args:
        resize: when servers are resized, and by how much.
        levels: levels of the metric that decides, without any resizing; shape (servers, steps),
            never falling over time.

    Returns:
        The same shape.
    """
    factor = np.ones_like(levels)
    limit = resize.limit
    while (reached := levels >= limit).any():
        factor[reached] /= resize.ratio
        limit *= resize.ratio
    return factor


def _life(seed: int, server_id: str, settings: ServerLife) -> tuple[int, int]:
    is_born, is_retired, *parts = stream(seed, server_id, "", "server life").random(4)
    first = day_number(settings.first_day)
    days = day_number(settings.last_day) + 1 - first
    birth, end = (first + int(part * days) for part in parts)
    born = is_born < settings.born_share
    retired = is_retired < settings.retired_share
    if born and retired:
        return min(birth, end), max(birth, end) + 1
    return (birth if born else _ALWAYS_BEFORE), (end if retired else _ALWAYS_AFTER)


def _line(
    metrics: Metrics, server_id: str, what: str, times: tuple[str | None, str | None]
) -> Line:
    line_id = f"server_life.{what}:{server_id}"
    subject = ("server", server_id)
    return line_without_values(line_id, what, subject, [server_id], metrics, times)

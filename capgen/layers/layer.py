"""What a layer is: its settings, and what it answers when it is asked what it does.

Each answer here is that of a layer that does nothing; a layer overrides those that are its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from capgen.draws.arrays import Flags, Floats
from capgen.draws.sharing import Sharing
from capgen.layers.answers import Change, Clock, Effect, Neutral, OwnNoise, Parameter, Place
from capgen.layers.configured import Configured, Settings
from capgen.layers.curves import Season
from capgen.layers.ledger_line import Line
from capgen.layers.noise_parts.settings import NoisePart
from capgen.layers.scope import Kind, PanelFacts, Scope, Shared
from capgen.layers.servers import Servers
from capgen.layers.states import States
from capgen.settings.holidays import Holidays
from capgen.settings.metric import Metrics
from capgen.timeline.time_axis import Span, TimeAxis


class Layer(Configured[Settings]):
    """A layer of the model.

    Attributes:
        replaces: names of layers that it stands in for where it is on.
        effects: differences that it makes to what values are on average.
        label: column of the truth that is 1 where it changes a value.
        names: column of the truth that names what changes a value.
        changes_derived: whether it changes derived metrics by themselves, as a measurement does.
        has_closed_form: whether what values it leads to can be worked out without drawing them.
        may_be_null: whether it takes values away.
        is_incident: whether a clean panel lacks it.
        turns_clocks: whether flags of the calendar differ between servers.
        happens: what it lets happen by chance, which futures draw anew or keep as in the panel.
    """

    replaces: ClassVar[tuple[str, ...]] = ()
    effects: ClassVar[tuple[Effect, ...]] = ()
    label: ClassVar[str] = ""
    names: ClassVar[str] = ""
    changes_derived: ClassVar[bool] = False
    has_closed_form: ClassVar[bool] = True
    may_be_null: ClassVar[bool] = False
    is_incident: ClassVar[bool] = False
    turns_clocks: ClassVar[bool] = False
    happens: ClassVar[str] = ""

    # What each server is given once.
    def clock(self, settings: Settings, region: str) -> Clock | None:
        """Return what the servers of a region live by; None for what all live by."""
        return None

    def holiday_calendars(self, settings: Settings) -> Mapping[str, Holidays]:
        """Return calendars that servers may follow, by where they are configured."""
        return {}

    def looks_back_on_holidays(self, settings: Settings) -> bool:
        """Tell whether holidays count that lie up to two years before a cell."""
        return False

    def parameters(self, settings: Settings, drawn: Sequence[str]) -> Iterator[Parameter]:
        """Yield the parameters of an archetype that may differ between its servers."""
        yield from ()

    def own_parameters(self, settings: Settings) -> Iterable[str]:
        """Return the archetype's parameters of which each server has a value of its own."""
        return ()

    def own_values(self, settings: Settings, path: str, servers: Servers) -> Floats:
        """Return the servers' own values of a parameter, from those that they had before."""
        raise NotImplementedError

    def once(self, settings: Settings, servers: Servers) -> Mapping[str, NDArray[Any]]:
        """Return what else servers are given once, by column of the server frame."""
        return {}

    # What the dates say.
    def dates(self, settings: Settings, axis: TimeAxis, span: Span) -> Mapping[str, Floats]:
        """Return columns of the calendar, one value a step."""
        return {}

    def hours(self, settings: Settings, kind: Kind) -> Iterator[pl.Expr]:
        """Yield columns that the means of an archetype's servers need, over the calendar."""
        yield from ()

    # The mean of a metric.
    def factor(self, settings: Settings, kind: Kind, key: str) -> pl.Expr | None:
        """Return what a metric's mean is multiplied by for all servers, over the calendar."""
        return None

    def has_own_means(self, settings: Settings, kind: Kind) -> bool:
        """Tell whether it makes the means of servers differ."""
        return False

    def own_means(self, settings: Settings, scope: Scope, means: Mapping[str, Floats]) -> None:
        """Multiply the means by what is each server's own, in place; shape (servers, steps)."""

    # Memory: parts of the noise, states, and what servers share.
    def parts(self, settings: Settings) -> Mapping[str, NoisePart]:
        """Return parts of the noise."""
        return {}

    def half_lives(self, settings: Settings) -> Sequence[float]:
        """Return after how many hours half of a deviation is left, of each thing remembered."""
        return ()

    def dwell_hours(self, settings: Settings) -> Sequence[float]:
        """Return for how many hours each state lasts on average."""
        return ()

    def state_names(self, settings: Settings) -> Sequence[str]:
        """Return the states that servers move between."""
        return ()

    def state_correlations(self, settings: Settings) -> Sequence[Mapping[str, float] | None]:
        """Return the correlation of each state, None where it is the archetype's."""
        return ()

    def states(self, settings: Settings, scope: Scope) -> States | None:
        """Return the states that servers are in."""
        return None

    def usual_states(
        self,
        settings: Settings,
        kind: Kind,
        servers: pl.DataFrame,
        calendars: Sequence[pl.DataFrame],
    ) -> Floats | None:
        """Return the chances at each row of each server's calendar: (states, servers, rows)."""
        return None

    def state_levels(
        self, settings: Settings, kind: Kind, servers: pl.DataFrame, key: str
    ) -> Floats:
        """Return what each state multiplies a metric's mean by, shape (servers or 1, states)."""
        return np.ones((1, 1))

    def season(self, settings: Settings, scope: Scope) -> Season | None:
        """Return what moves the scores of the noise by the hour."""
        return None

    def own_noise(self, settings: Settings, scope: Scope) -> OwnNoise | None:
        """Return noise whose parts have shares of each server's own, in place of all others."""
        return None

    def shared(self, settings: Settings, servers: pl.DataFrame, what: Shared) -> Iterator[Sharing]:
        """Yield what servers share of their noise, or of their changes of state."""
        yield from ()

    # Values.
    def changed_metrics(self, settings: Settings, metrics: Metrics) -> Collection[str]:
        """Return the metrics whose values it may change, derived ones included."""
        return ()

    def changes(self, settings: Settings, scope: Scope, keys: Sequence[str]) -> Iterator[Change]:
        """Yield what it does to the values of some metrics."""
        yield from ()

    def grids(self, settings: Settings, scope: Scope) -> Mapping[str, Floats]:
        """Return by metric the step of its values' grid, shape (servers or 1, 1); 0 for none."""
        return {}

    def missing_share(self, settings: Settings, servers: pl.DataFrame, key: str) -> float:
        """Return the share of a metric's values that it takes away from servers one by one."""
        return 0.0

    def singles(
        self, settings: Settings, scope: Scope, keys: Sequence[str]
    ) -> Iterator[tuple[str, Flags]]:
        """Yield metrics, and which of their values it takes away one by one."""
        yield from ()

    def gaps(self, settings: Settings, scope: Scope) -> Iterator[Place]:
        """Yield the servers and steps at which it takes all values away."""
        yield from ()

    def lasts(self, settings: Settings) -> bool:
        """Tell whether what it does to values, or takes away, may last for more than a step."""
        return False

    def clean(self, settings: Settings) -> Settings | None:
        """Return its settings in a panel without incidents and lost values."""
        return None if self.is_incident else settings

    # What a panel may tell of it.
    def ledger(
        self, settings: Settings, panel: PanelFacts, servers: pl.DataFrame
    ) -> Iterator[Line]:
        """Yield the stretches of time in which it touches cells of a panel.

        The server frame is sorted by server_id.
        """
        yield from ()

    def unseen(self, settings: Settings, panel: PanelFacts, servers: pl.DataFrame) -> Iterator[str]:
        """Yield a problem for each thing that no cell of a panel would show."""
        yield from ()

    # What `check` asks.
    def makes_servers_differ(self, settings: Settings) -> bool:
        """Tell whether values of servers that share a clock have different expectations."""
        return False

    def neutral(self, settings: Settings, kind: Kind) -> Iterator[Neutral]:
        """Yield what takes each of its effects away."""
        yield from ()
